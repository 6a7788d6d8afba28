"""What the environment says: the only module that reads it."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from connector.errors import SettingsError
from connector.failpoints import Failpoint, parse
from connector.mapping.accounts import FromEnvironment, Setting
from connector.mapping.durations import as_written, parse_duration
from connector.model.keep import Keep

_MIB: Final = 1024 * 1024

_KEEPS: Final[Mapping[str, str]] = {
    "KEEP_DELIVERIES_FOR": "deliveries",
    "KEEP_FAILED_FOR": "failed",
    "KEEP_KEYS_FOR": "keys",
    "KEEP_TRACES_FOR": "traces",
    "KEEP_ACTIONS_FOR": "actions",
    "KEEP_DEAD_ACTIONS_FOR": "dead",
}
_A_DAY: Final = timedelta(days=1)
_CLOSED_WITHIN: Final = timedelta(days=90)
"""What an action made is closed by an event within so long; for that the action has to be there."""


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
    `keep` says how long what is over is kept. `grace` are the seconds that a process has to end in. `traces`
    are sent to where OpenTelemetry's own settings say.
    `is_port_shared` lets several processes listen at one address. While more than `most_waiting` deliveries
    wait to be processed, senders who come again are asked to.
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
    keep: Keep = field(default_factory=Keep)
    grace: float = 20.0
    is_port_shared: bool = False
    most_waiting: int = 2_000_000
    traces: bool = False
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
        keep=_keep(found),
        is_port_shared=(found.get("REUSE_PORT") or "0") == "1",
        most_waiting=_most_waiting(found.get("INBOX_MOST_WAITING") or "2000000"),
        grace=_grace(found.get("LOODS_GRACE") or "20"),
        traces=_traces(found),
        environment=found,
    )


def is_unencrypted(url: str) -> bool:
    """Whether what is sent to this address can be read on the way: by http, to another machine than this."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not _is_this_machine(parts.hostname or "")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


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


def _most_waiting(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 10**12:
        raise SettingsError(f"INBOX_MOST_WAITING must be a number of deliveries, got {text!r}")
    return int(text)


def _grace(text: str) -> float:
    if not text.isdecimal() or not 1 <= int(text) <= 3600:
        raise SettingsError(f"LOODS_GRACE must be a number of seconds from 1 to 3600, got {text!r}")
    return float(text)


def _traces(found: Mapping[str, str]) -> bool:
    """Whether an endpoint is named for traces, by the names that OpenTelemetry's specification gives."""
    names = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    is_disabled = found.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return any(found.get(name) for name in names) and not is_disabled


def _least_free(text: str) -> int:
    if not text.isdecimal() or int(text) > 2**30:
        raise SettingsError(f"DISK_LEAST_FREE must be a number of MiB, got {text!r}")
    return int(text) * _MIB


def _keep(found: Mapping[str, str]) -> Keep:
    keep = Keep(**{kind: _length(name, found[name]) for name, kind in _KEEPS.items() if found.get(name)})
    least = {
        "KEEP_FAILED_FOR": (keep.failed, keep.deliveries, "as KEEP_DELIVERIES_FOR"),
        "KEEP_KEYS_FOR": (keep.keys, keep.deliveries, "as KEEP_DELIVERIES_FOR: an event happens once by it"),
        "KEEP_ACTIONS_FOR": (keep.actions, _CLOSED_WITHIN, "what they made is closed within that time"),
    }
    for name, (length, shortest, why) in least.items():
        if length < shortest:
            written = f"{as_written(shortest)} ({why}), got {as_written(length)}"
            raise SettingsError(f"{name} must be at least {written}")
    return keep


def _length(name: str, text: str) -> timedelta:
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from error
    if length < _A_DAY:
        raise SettingsError(f"{name} must be at least 1d, got {text!r}")
    return length
