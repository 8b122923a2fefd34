"""The channel to the supervisor: JSON lines over a connected stream, in both directions.

Events go out at once, from the thread that caused them, so that a process that dies right after
has lost nothing. Questions wait for their one answer. The package never opens the database.

Two roles: ``engine``, where the supervisor started this process and handed down the stream, and
``script``, where a flow runs by hand and this module starts the recorder itself. With no recorder
the flow runs all the same, untracked.
"""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock

from prefect._outlet import Outlet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

ANSWER_SECONDS = 60.0
END_SECONDS = 30.0
START_SECONDS = 10.0
_READ_BYTES = 65536


class ChannelClosed(OSError):
    """The supervisor has gone away."""


class Channel:
    """A duplex stream of JSON lines.

    ``send`` may be called from any thread; ``ask`` is answered in turn. Both raise
    `ChannelClosed` once the other end is gone.
    """

    def __init__(self, stream: Any, role: str) -> None:
        self.role = role
        self.ready = role == "engine"
        self._stream = stream
        self.outlet = Outlet(lambda data: stream.write(data, self._check_ready), b"")
        self._asking = allocate_lock()
        self._number = 0
        self._received = b""

    def send(self, text: str, at_once: bool = True) -> None:
        """Send one or several whole lines; a full stream makes the caller wait.

        Without ``at_once`` a thread that is sending already takes them along.
        """
        self.outlet.put(text.encode("utf-8", "backslashreplace"), at_once)

    def ask(self, question: str, seconds: float = ANSWER_SECONDS) -> Dict[str, Any]:
        """Ask, and wait for the answer. ``question`` is a JSON object's text without its `{`."""
        from prefect._json import loads

        with self._asking:
            self._number += 1
            number = self._number
            self.send(f'{{"n":{number},{question}\n')
            while True:
                answer = loads(self.read_line(seconds))
                if answer.get("n") == number:
                    return answer
                self._note(answer)

    def read_line(self, seconds: float) -> str:
        """The next line from the supervisor, without its newline."""
        while b"\n" not in self._received:
            chunk = self._stream.read(_READ_BYTES, seconds)
            if not chunk:
                raise ChannelClosed("the recorder closed the channel")
            self._received += chunk
        line, _, self._received = self._received.partition(b"\n")
        return line.decode("utf-8", "replace")

    def end(self) -> Optional[str]:
        """Say that everything is said, and wait until it is stored; the recorder's error or None."""
        from prefect._json import loads

        with self._asking:
            self.send('{"k":"end"}\n')
            while True:
                answer = loads(self.read_line(END_SECONDS))
                if answer.get("k") == "ended":
                    return answer.get("error")
                self._note(answer)

    def close(self) -> None:
        self._stream.close()

    def _note(self, message: Dict[str, Any]) -> None:
        if message.get("k") == "ready":
            self.ready = True
        elif message.get("k") == "error":
            raise ChannelClosed(str(message.get("message")))

    def _check_ready(self) -> None:
        """Called when the stream is full: a recorder that never answered isn't one."""
        if self.ready:
            return
        from prefect._json import loads

        self._note(loads(self.read_line(START_SECONDS)))


class FdStream:
    """One end of a socket pair, by its file descriptor (Unix)."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        os.set_inheritable(fd, False)
        os.set_blocking(fd, False)

    def write(self, data: bytes, when_full: Any) -> None:
        fd = self._fd
        try:
            sent = os.write(fd, data)
        except BlockingIOError:
            sent = 0
        except OSError as exc:
            raise ChannelClosed(str(exc)) from None
        interrupt: Optional[BaseException] = None
        while sent < len(data):
            try:
                when_full()
                self._wait(write=True, seconds=None)
                sent += os.write(fd, memoryview(data)[sent:])
            except BlockingIOError:
                continue
            except OSError as exc:
                raise ChannelClosed(str(exc)) from None
            except KeyboardInterrupt as exc:
                if not sent:
                    raise
                interrupt = exc  # half a line would spoil all that follow
        if interrupt is not None:
            raise interrupt

    def read(self, size: int, seconds: float) -> bytes:
        while True:
            try:
                return os.read(self._fd, size)
            except BlockingIOError:
                if not self._wait(write=False, seconds=seconds):
                    raise ChannelClosed("the recorder did not answer in time") from None
            except OSError as exc:
                raise ChannelClosed(str(exc)) from None

    def close(self) -> None:
        try:
            os.close(self._fd)
        except OSError:
            pass

    def _wait(self, write: bool, seconds: Optional[float]) -> bool:
        # poll, not select: a program with many open files has descriptors select can't name
        import select

        poller = select.poll()
        poller.register(self._fd, select.POLLOUT if write else select.POLLIN)
        return bool(poller.poll(None if seconds is None else seconds * 1000))


class SocketStream:
    """A loopback connection (Windows), where descriptors can't be handed down."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def write(self, data: bytes, when_full: Any) -> None:
        try:
            self._sock.sendall(data)
        except OSError as exc:
            raise ChannelClosed(str(exc)) from None

    def read(self, size: int, seconds: float) -> bytes:
        self._sock.settimeout(seconds)
        try:
            return self._sock.recv(size)
        except OSError as exc:
            raise ChannelClosed(str(exc)) from None
        finally:
            self._sock.settimeout(None)

    def close(self) -> None:
        self._sock.close()


def hello(channel: Channel) -> None:
    """Introduce this process; the first line of every channel."""
    from prefect._json import dumps, quote

    argv = dumps([str(arg) for arg in getattr(sys, "argv", [])])
    python = "{}.{}.{}".format(*sys.version_info[:3])
    channel.send(
        f'{{"k":"hello","v":1,"role":"{channel.role}","pid":{os.getpid()},"python":"{python}",'
        f'"executable":{quote(sys.executable or "")},"argv":{argv}}}\n'
    )


def inherited() -> Optional[Channel]:
    """The channel that a supervisor handed to this process, taken out of the environment."""
    fd = os.environ.pop("PREFECT__CHANNEL_FD", None)
    address = os.environ.pop("PREFECT__CHANNEL_ADDR", None)
    token = os.environ.pop("PREFECT__CHANNEL_TOKEN", "")
    if fd:
        return Channel(FdStream(int(fd)), "engine")
    if address:
        import socket

        host, _, port = address.rpartition(":")
        sock = socket.create_connection((host, int(port)), timeout=START_SECONDS)
        sock.settimeout(None)
        sock.sendall((token + "\n").encode())
        return Channel(SocketStream(sock), "engine")
    return None


def start_recorder(binary: str) -> Channel:
    """Start ``BINARY flow-run record`` on the other end of a new channel."""
    channel = _spawn_unix(binary) if hasattr(os, "posix_spawn") else _spawn_portable(binary)
    hello(channel)
    return channel


def _spawn_unix(binary: str) -> Channel:
    ours, theirs = _pair()
    env = dict(os.environ, PREFECT__CHANNEL_FD="3")
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, theirs, 3),
    ]
    try:
        pid = os.posix_spawn(binary, [binary, "flow-run", "record"], env, file_actions=actions)
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    _children.append(pid)
    return Channel(FdStream(ours), "script")


# the recorder's process ids, so that they are reaped and don't show as zombies of the script
_children: list = []


def reap() -> None:
    """Collect the recorder that has ended, without waiting for it."""
    while _children:
        try:
            os.waitpid(_children.pop(), os.WNOHANG)
        except (OSError, AttributeError):
            pass


def _pair() -> Any:
    """Two connected descriptors above 3, which the child needs for its end."""
    try:
        from _socket import AF_UNIX, SOCK_STREAM, socketpair  # `socket` alone takes 3 ms to import
    except ImportError:
        from socket import AF_UNIX, SOCK_STREAM, socketpair
    pair = []
    for end in socketpair(AF_UNIX, SOCK_STREAM):
        fd = end.detach()
        if fd <= 3:
            import fcntl

            low, fd = fd, fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)
            os.close(low)
        pair.append(fd)
    return pair


def _spawn_portable(binary: str) -> Channel:
    """As on Unix, over a loopback connection that only the holder of a one-time token may use."""
    import secrets
    import socket
    import subprocess

    token = secrets.token_hex(32)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        server.settimeout(START_SECONDS)
        env = dict(
            os.environ,
            PREFECT__CHANNEL_ADDR=f"127.0.0.1:{server.getsockname()[1]}",
            PREFECT__CHANNEL_TOKEN=token,
        )
        subprocess.Popen([binary, "flow-run", "record"], stdin=subprocess.DEVNULL, env=env)
        sock, _ = server.accept()
    sock.settimeout(START_SECONDS)
    line = b""
    while not line.endswith(b"\n"):
        byte = sock.recv(1)
        if not byte:
            raise ChannelClosed("the recorder closed the channel")
        line += byte
    if not secrets.compare_digest(line.strip(), token.encode()):
        sock.close()
        raise ChannelClosed("something other than the recorder answered")
    sock.settimeout(None)
    return Channel(SocketStream(sock), "script")


def find_binary() -> Optional[str]:
    """The `prefect` binary: `PREFECT_BINARY`, else the one this package came with, else on the PATH.

    A `prefect` on the PATH that is a script is an installed real Prefect, which is no recorder.
    """
    given = os.environ.get("PREFECT_BINARY")
    if given:
        return given
    name = "prefect.exe" if os.name == "nt" else "prefect"
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    own = _extracted_by(folder) or _installed_with(folder, name)
    if own:
        return own
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and os.access(path, os.X_OK) and not _is_script(path):
            return path
    return None


def _extracted_by(folder: str) -> Optional[str]:
    """The binary that extracted this package into the folder."""
    try:
        with open(os.path.join(folder, "binary.txt"), encoding="utf-8") as file:
            named = file.readline().strip()
    except OSError:
        return None
    return named if named and os.access(named, os.X_OK) else None


def _installed_with(folder: str, name: str) -> Optional[str]:
    """The binary of the wheel that this package came with: installers note where they put it."""
    from prefect._version import VERSION

    release = VERSION.partition("+go.")[2]
    try:
        record = os.path.join(folder, f"prefect_go-{release}.dist-info", "RECORD")
        with open(record, encoding="utf-8") as file:
            paths = [line.split(",", 1)[0].strip('"') for line in file]
    except OSError:
        return None
    # `pip install --target` moves it into bin afterwards, without a note
    for path in [path for path in paths if path.endswith("/" + name)] + ["bin/" + name]:
        path = os.path.normpath(os.path.join(folder, path))
        if os.access(path, os.X_OK):
            return path
    return None


def _is_script(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True
