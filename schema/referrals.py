"""How referrals and intake are shown."""
