"""Where the race and the agent meet: collecting, learning, judging, keeping; still no Qt."""
