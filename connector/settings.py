"""What the environment says: the only module that reads it."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from connector.errors import SettingsError
from connector.failpoints import Failpoint, parse
from connector.mapping.accounts import FromEnvironment, Setting

_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are, and the secrets that the mapping names.

    `mappings` is the administrators' folder; `database_url` is `sqlite:///PATH` or `postgresql://…`.
    `public_url` is the address under which senders reach us (HubSpot signs it), without a slash at its end.
    `instead` stands above the mapping's own settings of every connection to a platform, by its name: the demo
    reaches only the sandbox by it, whatever the mapping says.
    `login` is who is logged in: it signs what is published. On `metrics_port` the metrics and the health are
    served alone. `log_format` is None where the place decides to which is logged. `least_free` are the bytes
    below which the disk of an embedded database is nearly full. `failpoint` is a fault that a test asks for.
    """

    mappings: Path = Path("mappings")
    database_url: str = "sqlite:///var/loods.db"
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    login: str = "somebody"
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    log_format: Literal["json", "text"] | None = None
    least_free: int = 256 * _MIB
    failpoint: Failpoint | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    instead: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    def resolve(self, setting: Setting | None) -> str | None:
        """The value of a setting; None where its variable is unset or empty."""
        if isinstance(setting, FromEnvironment):
            return self.environment.get(setting.variable) or None
        return setting

    def listening_on(self, host: str | None, port: int | None) -> Settings:
        """The same, with what the command line says of the address."""
        return replace(self, host=host or self.host, port=self.port if port is None else port)


def read_settings(
    environment: Mapping[str, str] | None = None, *, overrides: Mapping[str, str] | None = None
) -> Settings:
    """The settings of this process; `overrides` stand above the environment. Raises SettingsError."""
    found = dict(os.environ if environment is None else environment)  # noqa: TID251 - the one place
    found.update(overrides or {})
    public_url = found.get("PUBLIC_URL") or None
    if public_url and not public_url.startswith(("https://", "http://")):
        raise SettingsError(f"PUBLIC_URL must begin with https://, got {public_url!r}")
    return Settings(
        mappings=Path(found.get("LOODS_MAPPINGS") or "mappings"),
        database_url=found.get("DATABASE_URL") or "sqlite:///var/loods.db",
        host=found.get("HOST") or "127.0.0.1",
        port=_port("PORT", found.get("PORT") or "8080"),
        public_url=public_url.rstrip("/") if public_url else None,
        login=found.get("LOGNAME") or found.get("USER") or _user(),
        metrics_host=found.get("METRICS_HOST") or "127.0.0.1",
        metrics_port=_port("METRICS_PORT", said) if (said := found.get("METRICS_PORT")) else None,
        log_format=_log_format(found.get("LOG_FORMAT") or None),
        least_free=_least_free(found.get("DISK_LEAST_FREE") or "256"),
        failpoint=_failpoint(found.get("LOODS_FAILPOINT") or None),
        environment=found,
    )


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


def _port(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise SettingsError(f"{name} must be a number from 0 to 65535, got {text!r}")
    return int(text)


def _log_format(text: str | None) -> Literal["json", "text"] | None:
    match text:
        case "json" | "text" | None:
            return text
        case _:
            raise SettingsError(f"LOG_FORMAT must be json or text, got {text!r}")


def _failpoint(text: str | None) -> Failpoint | None:
    try:
        return parse(text) if text else None
    except ValueError as error:
        raise SettingsError(f"LOODS_FAILPOINT: {error}") from error


def _least_free(text: str) -> int:
    if not text.isdecimal() or int(text) > 2**30:
        raise SettingsError(f"DISK_LEAST_FREE must be a number of MiB, got {text!r}")
    return int(text) * _MIB
