"""The commands of the command line: each module has `add_arguments(parser)` and `run(arguments) -> exit status`.

Heavy modules are imported inside `run`, so that asking for help costs nothing.
"""
