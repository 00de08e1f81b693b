#!/usr/bin/env python3
"""make-image.py OUT NAME:TAG ROOT [--entrypoint JSON] [--cmd JSON] [--user USER] [--env NAME=VALUE]... [--workdir FOLDER]

Makes an image of one layer, without an engine: ROOT, a folder or its tar archive, becomes an archive as of `docker save`, which
add-image takes. Same input, same image: times and names of owners are left out of a folder.
"""
import argparse, hashlib, io, json, os, platform, shutil, tarfile, tempfile

parser = argparse.ArgumentParser(usage=__doc__)
for word in ("out", "name", "root"):
    parser.add_argument(word)
parser.add_argument("--entrypoint", type=json.loads)
parser.add_argument("--cmd", type=json.loads)
parser.add_argument("--user", default="")
parser.add_argument("--env", action="append", default=["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
parser.add_argument("--workdir", default="/")
given = parser.parse_args()


def plain(member):
    member.mtime = 0
    member.uname = member.gname = ""
    return member


def add(archive, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


with tempfile.TemporaryFile(dir=os.path.dirname(os.path.abspath(given.out))) as layer:
    if os.path.isdir(given.root):
        with tarfile.open(fileobj=layer, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name in sorted(os.listdir(given.root)):
                archive.add(os.path.join(given.root, name), arcname=name, filter=plain)
    else:
        with open(given.root, "rb") as root:
            shutil.copyfileobj(root, layer)
    layer.seek(0)
    digest = hashlib.file_digest(layer, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(layer.read()).hexdigest()
    size = layer.seek(0, os.SEEK_END)
    layer.seek(0)
    settings = {"Env": given.env, "WorkingDir": given.workdir, "User": given.user, "Entrypoint": given.entrypoint, "Cmd": given.cmd}
    config = json.dumps({
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()],
        "os": "linux",
        "config": settings,
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]},
    }).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = [{"Config": config_name, "RepoTags": [given.name], "Layers": [digest + "/layer.tar"]}]
    with tarfile.open(given.out, "w") as archive:
        add(archive, config_name, config)
        member = tarfile.TarInfo(digest + "/layer.tar")
        member.size = size
        archive.addfile(member, layer)
        add(archive, "manifest.json", json.dumps(manifest).encode())
