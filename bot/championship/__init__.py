"""The rules of the championship, pure: no Discord, no SQL, no clock."""
