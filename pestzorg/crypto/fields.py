"""Model fields whose column holds only ciphertext, bound to table, column and row uuid.

A value is sealed in `pre_save` and opened when the attribute is read, because only there the row's
uuid is known. A ciphertext that was moved to another row or column, or changed by one bit, does not
open: reading it raises Tampered.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import tink
from django.core.exceptions import FieldError, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pestzorg.crypto.keyset import cipher


class Tampered(Exception):
    """A ciphertext does not belong to this place, or was changed."""


@dataclass(frozen=True)
class Sealed:
    """Ciphertext as it came from the database; printing it shows nothing."""

    ciphertext: bytes

    def __repr__(self) -> str:
        return "<sealed>"

    @property
    def key_id(self) -> int:
        """Id of the key that sealed it, from the bytes in front."""
        return int.from_bytes(self.ciphertext[1:5])


def prefix_of(key_id: int) -> bytes:
    """What every ciphertext of this key begins with: Tink's version and the id."""
    return b"\x01" + key_id.to_bytes(4)


class _Opening:
    """Descriptor: opens the seal on first read, since only the instance knows the row's uuid."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            value = instance.__dict__[name] = self.field.open(value, instance)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text of at most `max_length` characters. Cannot be searched, filtered or bulk-updated."""

    empty_values = ["", None]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = True
        self.plain_max_length = kwargs.pop("max_length", 4000)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        kwargs["max_length"] = self.plain_max_length
        return name, path, args, kwargs

    def contribute_to_class(
        self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any
    ) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        setattr(cls, self.attname, _Opening(self))

    def get_default(self) -> Any:
        return ""

    @property
    def validators(self) -> list[Any]:
        return [
            MaxLengthValidator(self.plain_max_length, _("Use at most %(limit_value)d characters."))
        ]

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError("Encrypted fields are not serialised.")

    # ── sealing ──────────────────────────────────────────────────────────────
    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        return self.seal(value, model_instance)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        if isinstance(value, Sealed):
            return super().get_db_prep_value(value.ciphertext, connection, prepared)
        if value is None:
            return None
        # Reached by update(), bulk_update() and filters: without the row there is no seal.
        raise FieldError(f"{self.name} is encrypted: save the row instead of updating the column.")

    def get_lookup(self, lookup_name: str) -> Any:
        # "contains" would quietly search in the ciphertext; Django turns None into a FieldError.
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def seal(self, value: Any, instance: models.Model) -> Sealed:
        """Encrypt for this row."""
        return Sealed(cipher().encrypt(self.dump(value).encode(), self._place(instance)))

    def open(self, value: Sealed, instance: models.Model) -> Any:
        """Decrypt for this row; raises Tampered for a moved or changed ciphertext."""
        try:
            return self.load(cipher().decrypt(value.ciphertext, self._place(instance)).decode())
        except tink.TinkError:
            raise Tampered(f"{self.model._meta.db_table}.{self.column}") from None

    def seal_anew(self, value: Sealed, instance: models.Model) -> Sealed:
        """The same text sealed with the primary key; raises Tampered for what does not open."""
        try:
            plain = cipher().decrypt(value.ciphertext, self._place(instance))
        except tink.TinkError:
            raise Tampered(f"{self.model._meta.db_table}.{self.column}") from None
        return Sealed(cipher().encrypt(plain, self._place(instance)))

    def dump(self, value: Any) -> str:
        return str(value)

    def load(self, plain: str) -> Any:
        return plain

    def _place(self, instance: models.Model) -> bytes:
        return f"{self.model._meta.db_table}|{self.column}|{instance.uuid}".encode()  # type: ignore[attr-defined]


class EncryptedJSONField(EncryptedTextField):
    """A JSON value (usually a dict of answers), sealed as one text."""

    def get_default(self) -> Any:
        return {}

    @property
    def validators(self) -> list[Any]:
        return []

    def dump(self, value: Any) -> str:
        plain = json.dumps(value, ensure_ascii=False, sort_keys=True)
        if len(plain) > self.plain_max_length:
            raise ValidationError(_("This is too much text to keep in one step."))
        return plain

    def load(self, plain: str) -> Any:
        return json.loads(plain)
