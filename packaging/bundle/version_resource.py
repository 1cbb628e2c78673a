"""What Windows shows under a program's properties, as the text that PyInstaller reads."""

from __future__ import annotations

import re

NAME = "Racer Desktop"
TEMPLATE = """VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0,
  ),
  kids=[
    StringFileInfo([StringTable('040904B0', [
      StringStruct('FileDescription', '{name}'),
      StringStruct('FileVersion', '{version}'),
      StringStruct('InternalName', '{file}'),
      StringStruct('LegalCopyright', 'MIT license'),
      StringStruct('OriginalFilename', '{file}.exe'),
      StringStruct('ProductName', '{name}'),
      StringStruct('ProductVersion', '{version}'),
    ])]),
    VarFileInfo([VarStruct('Translation', [1033, 1200])]),
  ],
)
"""


def version_resource(version: str, file: str) -> str:
    """The resource of a program file.

    Args:
        version: as in `racer_desktop.__version__`, such as "1.2.0" or "1.2.0rc1".
        file: the program's file name without its ending.
    """
    parts = [int(found[0]) for part in version.split(".")[:3] if (found := re.match(r"\d+", part))]
    numbers = tuple((parts + [0] * 4)[:4])
    return TEMPLATE.format(numbers=numbers, version=version, name=NAME, file=file)
