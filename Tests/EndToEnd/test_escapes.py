"""Every request that takes a path, with paths that try to lead out of the server's directory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from accounts import Place
from escapes import NONE, REQUESTS, SECRET, WIDE, Ground, Watched, fill, look
from gate import Gate
from raw_sftp import (
    ATTRS, CREATE, FAILURE, FOR_READING, FOR_WRITING, LSTAT, NO_SUCH_FILE, OK, OPEN,
    PERMISSION_DENIED, READLINK, REALPATH, REMOVE, RENAME, SETSTAT, STAT, STATUS, SYMLINK, TRUNCATE,
    Attributes, Reply,
)


@pytest.fixture
def ground(place: Place) -> Ground:
    return Ground(place)


@pytest.fixture
def raw(ground: Ground) -> Iterator[Watched]:
    client = ground.client()
    yield client
    client.close()


def is_done(reply: Reply) -> bool:
    return reply.kind != STATUS or reply.code == OK


@pytest.mark.parametrize("name", REQUESTS)
def test_no_request_passes_a_link_that_leads_out(name: str, ground: Ground, raw: Watched) -> None:
    # What may be done where a link stays inside.
    [allowed] = raw.pipeline(REQUESTS[name](b"/within"))
    assert is_done(allowed), allowed
    (ground.inside / "mine").write_text("mine")
    (ground.inside / "stolen").unlink(missing_ok=True)
    ways = ground.ways_out()
    before, kept = look(ground.outside), look(ground.inside)
    for way in ways:
        # The disk, left to itself, would lead there.
        on_disk = ground.inside / os.fsdecode(way).strip("/")
        assert os.path.samefile(on_disk, ground.outside) or b".." in way
        [refused] = raw.pipeline(REQUESTS[name](way))
        assert refused.code == PERMISSION_DENIED, (way, refused)
        assert "outside this server" in refused.text
        assert look(ground.outside) == before and look(ground.inside) == kept, way


def test_names_that_lead_up_end_at_the_root_wherever_they_stand(
    ground: Ground, raw: Watched
) -> None:
    # In the client's view the same path names something else: a decoy shows what was opened.
    decoy = ground.inside / ground.outside.name
    fill(decoy, b"decoy")
    before = look(ground.outside)
    name = ground.name
    for ups in range(1, 5):
        up = b"/".join([b".."] * ups)
        for path in [
            up + b"/" + name + b"/secret", b"/" + up + b"/" + name + b"/secret",
            b"/inside/" + up + b"/../" + name + b"/secret",
            b"/" + name + b"/" + up + b"/../" + name + b"/secret",
            name + b"/folder/../" + up + b"/" + name + b"//./secret",
            b"/missing/" + up + b"/" + name + b"/secret",
            b"/mine/" + up + b"/" + name + b"/secret",
        ]:
            assert raw.content(path) == b"decoy", path
            assert raw.request(SETSTAT, path, Attributes(mode=0o600)).code == OK
            names = {entry.name for entry in raw.listing(path + b"/..")}
            assert names == {b".", b"..", b"secret", b"folder", b"empty", b"pointer"}
    assert look(ground.outside) == before
    # A path of the host is a path below the root like any other, and there is none.
    host = os.fsencode(ground.outside / "secret")
    for path in (host, b"/.." + host, b"/proc/self/root" + host, b"/proc/self/cwd"):
        for kind, *fields in [(OPEN, FOR_READING, NONE), (STAT,), (LSTAT,), (REMOVE,)]:
            assert raw.request(kind, path, *fields).code == NO_SUCH_FILE
    assert [entry.name for entry in raw.request(REALPATH, b"/../" * 900).names] == [b"/"]


def test_a_link_that_leads_out_can_be_seen_moved_and_removed_and_nothing_more(
    ground: Ground, raw: Watched
) -> None:
    (ground.inside / "link").symlink_to(ground.outside / "secret")
    before = look(ground.outside)
    assert raw.request(LSTAT, b"/link").kind == ATTRS
    assert b"link" in {entry.name for entry in raw.listing(b"/")}
    for flags in (FOR_READING, FOR_WRITING, FOR_WRITING | CREATE, FOR_WRITING | TRUNCATE):
        assert raw.request(OPEN, b"/link", flags, NONE).code == PERMISSION_DENIED
    for kind, *fields in [(STAT,), (SETSTAT, WIDE), (READLINK,)]:
        assert raw.request(kind, b"/link", *fields).code == PERMISSION_DENIED
    assert raw.request(SYMLINK, b"secret", b"/link").text == "File exists"
    # Somewhere else a second name of the link would lead to something else.
    assert raw.extended("hardlink@openssh.com", b"/link", b"/second").code == FAILURE
    assert not os.path.lexists(ground.inside / "second")
    own = Attributes(owner=(1, 1), times=(5, 6))
    assert raw.extended("lsetstat@openssh.com", b"/link", own).code == OK
    assert (ground.inside / "link").lstat().st_mtime == 6
    assert raw.request(RENAME, b"/link", b"/moved").code == OK
    assert raw.extended("posix-rename@openssh.com", b"/mine", b"/moved").code == OK
    moved = ground.inside / "moved"
    assert moved.read_text() == "mine" and not moved.is_symlink()
    assert look(ground.outside) == before


def test_a_link_is_not_made_where_it_would_lead_out(ground: Ground, raw: Watched) -> None:
    before = look(ground.outside)
    name = ground.name
    for target in [
        b"..", b"../" + name, b"inside/../../" + name, b"./.././" + name, b"../" * 20 + b"etc",
        b"within/../../" + name,
    ]:
        refused = raw.request(SYMLINK, target, b"/new")
        assert refused.code == PERMISSION_DENIED and "outside this server" in refused.text
        assert not os.path.lexists(ground.inside / "new")
    # An absolute target is one of this server, and stored so that it stays one.
    fill(ground.inside / "inside" / ground.outside.name, b"decoy")
    target = b"/../inside/" + name + b"/secret"
    assert raw.request(SYMLINK, target, b"/inside/folder/new").code == OK
    stored = os.readlink(ground.inside / "inside" / "folder" / "new")
    assert stored == f"../{ground.outside.name}/secret"
    assert raw.content(b"/inside/folder/new") == b"decoy"
    # Moved up, it leads out in the disk's view; it is not followed there.
    assert raw.request(RENAME, b"/inside/folder/new", b"/new").code == OK
    assert (ground.inside / "new").read_bytes() == SECRET
    for kind, *fields in [(OPEN, FOR_READING, NONE), (STAT,), (SETSTAT, WIDE), (READLINK,)]:
        assert raw.request(kind, b"/new", *fields).code == PERMISSION_DENIED
    assert look(ground.outside) == before


def test_loops_and_long_chains_of_links_end(ground: Ground, raw: Watched) -> None:
    (ground.inside / "a").symlink_to("b")
    (ground.inside / "b").symlink_to("within/../a")
    (ground.inside / "step0").symlink_to("inside")
    for number in range(1, 60):
        (ground.inside / f"step{number}").symlink_to(f"step{number - 1}")
    assert raw.content(b"/step20/secret") == b"for everybody"
    before = look(ground.inside)
    for way in (b"/a", b"/b", b"/step59"):
        for name, request in REQUESTS.items():
            [reply] = raw.pipeline(request(way))
            expected = (NO_SUCH_FILE, "Too many levels of symbolic links")
            assert (reply.code, reply.text) == expected, name
    assert look(ground.inside) == before


@pytest.mark.parametrize("name", REQUESTS)
def test_links_of_a_container_lead_to_the_server_and_nowhere_else(
    name: str, make_gate: Callable[..., Gate]
) -> None:
    gate = make_gate(files={"container_paths": ["/home/container", "/srv"]}).start()
    ground = Ground(Place(gate))
    raw = ground.client()
    (ground.inside / "view").symlink_to("/home/container/inside")
    (ground.inside / "again").symlink_to("/srv//./view")
    [allowed] = raw.pipeline(REQUESTS[name](b"/again"))
    assert is_done(allowed), allowed
    (ground.inside / "mine").write_text("mine")
    (ground.inside / "stolen").unlink(missing_ok=True)
    ways = ground.ways_out()
    for number, target in enumerate([
        f"/home/container/../{ground.outside.name}", f"/srv/inside/../../{ground.outside.name}",
        "/srv/first", "/home/container/up/" + ground.outside.name, f"/home{ground.outside}",
        f"/home/containers/../container/out/../../{ground.outside.name}", "/srv/view/second",
    ]):
        (ground.inside / f"way{number}").symlink_to(target)
        ways.append(b"/way%d" % number)
    before, kept = look(ground.outside), look(ground.inside)
    for way in ways:
        [refused] = raw.pipeline(REQUESTS[name](way))
        assert refused.code == PERMISSION_DENIED, (way, refused)
        assert "outside this server" in refused.text
        assert look(ground.outside) == before and look(ground.inside) == kept, way
    raw.close()
