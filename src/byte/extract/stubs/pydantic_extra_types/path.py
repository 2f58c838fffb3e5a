import pathlib
import typing

from pydantic.types import PathType

ResolvedFilePath = typing.Annotated[pathlib.Path, PathType("file")]
ResolvedDirectoryPath = typing.Annotated[pathlib.Path, PathType("dir")]
ResolvedNewPath = typing.Annotated[pathlib.Path, PathType("new")]
ResolvedExistingPath = typing.Union[ResolvedFilePath, ResolvedDirectoryPath]
