"""Variables in YAML: a Compose file, a manifest, a HelmRelease, the values of a chart, or a plain mapping.

Compose's rules: https://docs.docker.com/reference/compose-file/services/#environment and ``#env_file``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, cast

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.settings.dotenv import nothing, read_dotenv
from cdk8s_paperless_ngx.settings.found import NO_VALUE, Found
from cdk8s_paperless_ngx.settings.interpolation import Interpolated, Lookup, interpolate, interpolate_in_pod
from cdk8s_paperless_ngx.validation.errors import conflict
from cdk8s_paperless_ngx.validation.names import is_key, is_variable_name

WHERE: Final = "Settings.from_env"
_PREFIX: Final = "PAPERLESS_"
_IMAGE: Final = r"(.*/)?paperless-ngx(:[^/]*)?(@.*)?"
_ASSIGNMENT: Final = r"(?m)^(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*[ \t]*="
_KEY_OF_MORE: Final = r"(?m)^(---|-[ \t]|[A-Za-z_][\w.-]*:[ \t]*([|>&*].*|#.*)?\r?$)"
"""A line that begins something with lines below it, which no file of variables has."""
_ENVIRONMENTS: Final = ("environment", "env")
ReadFile = Callable[[str], str | None]
"""Returns the text of a file that another one names; None where there is none."""


@dataclass
class _Candidate:
    """What may be the application's container: its name, image and variables."""

    name: str
    image: str
    found: Found = field(default_factory=Found)

    def is_paperless(self) -> bool:
        return re.fullmatch(_IMAGE, self.image) is not None

    def has_settings(self) -> bool:
        return any(name.startswith(_PREFIX) for name in self.found.variables)


def is_yaml(text: str) -> bool:
    """Return whether a text is YAML rather than a file of variables."""
    return re.search(_KEY_OF_MORE, text) is not None and re.search(_ASSIGNMENT, text) is None


def read_yaml(text: str, *, service: str | None, lookup: Lookup = nothing, read_file: ReadFile = nothing) -> Found:
    """Return the variables of the one container in a file that runs paperless-ngx.

    Args:
        text: Of the file.
        service: The container's name, or its place in the file; None for the one whose image is paperless-ngx, or
            the one with its variables.
        lookup: Where Compose takes the values of references from.
        read_file: How it reads an ``env_file``.

    Raises:
        ValueError: It is no YAML, or there is no such container, or there are several.
    """
    documents = _documents(text)
    reader = _Reader(lookup, read_file, documents)
    return _chosen([found for document in documents for found in reader.candidates(document)], service).found


def _documents(text: str) -> list[object]:
    # It takes some hundredths of a second, which only files of YAML shall cost.
    import yaml  # noqa: PLC0415

    try:
        return list(yaml.load_all(text, Loader=_loader()))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f"line {mark.line + 1} of source" if mark else "source"
        problem = f"{line} is no YAML ({error.problem})"
    except yaml.YAMLError:
        problem = "source is no YAML"
    raise conflict(WHERE, problem, "mend the file, or pass the variables as a mapping")


@cache
def _loader() -> Any:  # noqa: ANN401 (yaml is not imported before it is needed)
    """Return a loader that leaves every scalar as the text that it is, but for nothing."""
    import yaml  # noqa: PLC0415

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {}
    add_resolver = cast("Any", Loader).add_implicit_resolver
    add_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
    add_resolver("tag:yaml.org,2002:merge", re.compile(r"<<$"), ["<"])

    def plain(loader: yaml.SafeLoader, node: yaml.Node) -> object:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return node.value

    # Tags that Compose, Home Assistant and others have of their own say nothing about variables.
    Loader.add_constructor(None, plain)
    for kind in ("bool", "int", "float", "timestamp", "binary"):
        Loader.add_constructor(f"tag:yaml.org,2002:{kind}", plain)
    return Loader


def _chosen(candidates: list[_Candidate], service: str | None) -> _Candidate:
    """Return the one that is meant.

    Raises:
        ValueError: There is none, or several.
    """
    named = ", ".join(candidate.name for candidate in candidates)
    if service is not None:
        chosen = [each for each in candidates if service in (each.name, each.name.rpartition(".")[2])]
        if not chosen:
            raise conflict(WHERE, f"there is no service {service!r} in the file", f"it has {named or 'none'}")
    else:
        chosen = [each for each in candidates if each.is_paperless()]
        chosen = chosen or [each for each in candidates if each.has_settings()]
    if not chosen:
        raise conflict(
            WHERE,
            f"no service in the file has the image paperless-ngx, or variables {_PREFIX}…",
            f"name one with service=...: {named}" if named else "pass the file that has them",
        )
    first = chosen[0]
    if any(each.found != first.found for each in chosen[1:]):
        names = ", ".join(each.name for each in chosen)
        raise conflict(WHERE, f"several services in the file may be paperless-ngx: {names}", "name one: service=...")
    return first


class _Reader:
    """Finds all containers in a document."""

    def __init__(self, lookup: Lookup, read_file: ReadFile, documents: list[object]) -> None:
        self._lookup = lookup
        self._read_file = read_file
        self._config_maps = {
            str(_mapping(manifest.get("metadata")).get("name")): _mapping(manifest.get("data"))
            for manifest in map(_mapping, documents)
            if manifest.get("kind") == "ConfigMap"
        }

    def candidates(self, document: object) -> Iterator[_Candidate]:
        root, items = _mapping(document), _list(document)
        if isinstance(root.get("services"), Mapping):
            for name, service in _mapping(root["services"]).items():
                yield self._service(name, _mapping(service))
            return
        found = list(self._containers(document, (), ()))
        if root.get("kind") == "ConfigMap" and not found:
            candidate = _Candidate(str(_mapping(root.get("metadata")).get("name")), "")
            self._add_entries(candidate.found, root.get("data"))
            found = [candidate]
        if not found and (items or (root and all(map(_is_usual_name, root)))):
            candidate = _Candidate("the variables", "")
            self._add_environment(candidate.found, items or root)
            found = [candidate]
        yield from found

    def _service(self, name: str, service: Mapping[str, object]) -> _Candidate:
        candidate = _Candidate(name, interpolate(_text(service.get("image")), self._lookup).text)
        for path in _env_files(service.get("env_file")):
            self._add_file(candidate.found, interpolate(path, self._lookup).text)
        self._add_environment(candidate.found, service.get("environment"))
        if "extends" in service:
            candidate.found.remarks["extends"] = "variables of the service that this one extends are not read: add them"
        return candidate

    def _add_file(self, found: Found, path: str) -> None:
        text = self._read_file(path)
        if text is None:
            remark = f"{path} cannot be read from here: pass its text or path to another Settings.from_env"
            found.remarks[f"env_file {path}"] = remark
            return
        inner = read_dotenv(text, self._lookup)
        inner.remarks = {f"{path}, {where}": remark for where, remark in inner.remarks.items()}
        found.add([inner])

    def _add_environment(self, found: Found, environment: object) -> None:
        """Take what Compose has under ``environment``, whose items are texts where it is a list."""
        for number, item in enumerate(_list(environment), 1):
            if not isinstance(item, str):
                self._add_entry_of_pod(found, number, item)
                continue
            name, equals, text = item.partition("=")
            if is_variable_name(name):
                self._add(found, name, text if equals else None)
            else:
                found.remarks[f"environment, item {number}"] = "it is no variable: write NAME=value"
        self._add_entries(found, environment)

    def _add_entries(self, found: Found, environment: object) -> None:
        for name, value in _mapping(environment).items():
            if is_variable_name(name):
                self._add(found, name, value)
            else:
                found.remarks[name] = "it is not the name of a variable"

    def _add(self, found: Found, name: str, value: object) -> None:
        if value is None:
            found.set(name, self._lookup(name))
        elif isinstance(value, str):
            found.set_interpolated(name, interpolate(value, self._lookup))
        elif entry := _mapping(value):
            self._add_source(found, name, entry)
        else:
            found.set(name, None, "it has a list for its value in the file: write it as a text")

    def _containers(self, node: object, path: tuple[str, ...], around: tuple[int, ...]) -> Iterator[_Candidate]:
        """Yield what has variables, wherever it stands; an alias may stand inside what it means."""
        if id(node) in around:
            return
        around = (*around, id(node))
        fields = _mapping(node)
        keys = [key for key in _ENVIRONMENTS if isinstance(fields.get(key), Mapping | list)]
        if keys or _list(fields.get("envFrom")):
            name = _text(fields.get("name"))
            candidate = _Candidate(".".join([*path[:-1], name] if name else path) or "the file", _image(fields))
            for source in _list(fields.get("envFrom")):
                self._add_all_of(candidate.found, _mapping(source))
            for key in keys:
                self._add_environment_of_pod(candidate.found, fields[key])
            yield candidate
        for key, value in fields.items():
            if key not in _ENVIRONMENTS:
                yield from self._containers(value, (*path, key), around)
        for index, value in enumerate(_list(node)):
            yield from self._containers(value, (*path, str(index)), around)

    def _add_all_of(self, found: Found, source: Mapping[str, object]) -> None:
        """Take what a container has with ``envFrom``."""
        for kind, reference in source.items():
            name = _text(_mapping(reference).get("name")) or _text(reference)
            if kind == "configMapRef" and name in self._config_maps:
                for variable, text in self._config_maps[name].items():
                    self._add_of_pod(found, variable, text)
            elif kind != "prefix":
                what = "Secret" if kind.startswith("secret") else "ConfigMap"
                found.remarks[f"envFrom {name}"] = f"this {what} is not in the file: name what is in it by hand"

    def _add_environment_of_pod(self, found: Found, environment: object) -> None:
        for number, item in enumerate(_list(environment), 1):
            self._add_entry_of_pod(found, number, item)
        for name, value in _mapping(environment).items():
            if not is_variable_name(name):
                found.remarks[name] = "it is not the name of a variable"
            elif entry := _mapping(value):
                self._add_source(found, name, entry)
            else:
                self._add_of_pod(found, name, value)

    def _add_entry_of_pod(self, found: Found, number: int, item: object) -> None:
        entry = _mapping(item)
        name = _text(entry.get("name"))
        if is_variable_name(name):
            self._add_source(found, name, entry)
        else:
            found.remarks[f"env, item {number}"] = "it is no variable: write name and value"

    def _add_source(self, found: Found, name: str, entry: Mapping[str, object]) -> None:
        """Take a variable that says its value, or where it comes from."""
        source = _mapping(entry.get("valueFrom")) or entry
        reference = _mapping(source.get("secretKeyRef"))
        secret, key = _text(reference.get("name")), _text(reference.get("key"))
        if secret and is_key(key):
            try:
                found.set_secret(name, SecretKey(secret=secret, key=key))
            except ValueError:
                # A name with a reference in it, or one that no object can have.
                found.set(name, None, "its value stands in a Secret: write it here")
        elif "value" in entry:
            self._add_of_pod(found, name, entry["value"])
        else:
            found.set(name, None, NO_VALUE if set(entry) == {"name"} else "its value comes from elsewhere: write it")

    def _add_of_pod(self, found: Found, name: str, value: object) -> None:
        """Take what Flux may fill in first, then Kubernetes."""
        if value is None:
            found.set(name, None)
        elif not isinstance(value, str):
            found.set(name, None, "it has a list or mapping for its value in the file: write it as a text")
        else:
            filled = interpolate(value, nothing, braces_only=True)
            in_pod = interpolate_in_pod(filled.text, found.value)
            found.set_interpolated(name, Interpolated(in_pod.text, (*filled.missing, *in_pod.missing)))


def _is_usual_name(name: str) -> bool:
    return is_variable_name(name) and name.isupper()


def _mapping(node: object) -> Mapping[str, object]:
    """Return a mapping with texts for names; an empty one for whatever else."""
    if not isinstance(node, Mapping):
        return {}
    return {str(key): value for key, value in cast("Mapping[object, object]", node).items()}


def _list(node: object) -> list[object]:
    return cast("list[object]", node) if isinstance(node, list) else []


def _text(node: object) -> str:
    return node if isinstance(node, str) else ""


def _env_files(node: object) -> Iterator[str]:
    """Yield paths: Compose takes one, or several, each with or without options."""
    for item in _list(node) or [node]:
        if path := _text(item) or _text(_mapping(item).get("path")):
            yield path


def _image(fields: Mapping[str, object]) -> str:
    """Return a container's image, which charts have in parts."""
    parts = _mapping(fields.get("image"))
    if not parts:
        return _text(fields.get("image"))
    return "/".join(filter(None, (_text(parts.get("registry")), _text(parts.get("repository")))))
