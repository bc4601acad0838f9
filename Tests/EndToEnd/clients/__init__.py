"""SFTP clients as people use them, each behind the same small interface."""

from .base import Client, ClientFailure, Endpoint, Trust
from .curl import Curl
from .gio import Gio
from .lftp import Lftp
from .openssh import Scp, Sftp
from .paramiko_library import Paramiko
from .putty import Psftp
from .rclone import Rclone

ALL = [Sftp, Scp, Lftp, Rclone, Curl, Psftp, Paramiko]

__all__ = [
    "ALL", "Client", "ClientFailure", "Curl", "Endpoint", "Gio", "Lftp", "Paramiko", "Psftp",
    "Rclone", "Scp", "Sftp", "Trust",
]
