"""Partners and referrals."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("programmes", sa.Column("waiting_limit_days", sa.BigInteger(), server_default="60", nullable=False))
    op.create_table(
        "partner_agencies",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_order", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('COVERED_ENTITY', 'BUSINESS_ASSOCIATE', 'PART2_PROGRAM', 'LAWFUL_HOLDER', 'OTHER')",
            name=op.f("ck_partner_agencies_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('PROPOSED', 'VERIFIED', 'ACTIVE', 'SUSPENDED', 'ENDED')",
            name=op.f("ck_partner_agencies_status"),
        ),
        sa.CheckConstraint("char_length(address) <= 500", name=op.f("ck_partner_agencies_address_length")),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_partner_agencies_name_length")),
        sa.CheckConstraint("char_length(remark) <= 1000", name=op.f("ck_partner_agencies_remark_length")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_partner_agencies")),
    )
    op.create_index(
        op.f("ix_partner_agencies_organisation_id_name_order_id"),
        "partner_agencies",
        ["organisation_id", "name_order", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_partner_agencies_name",
        "partner_agencies",
        ["organisation_id", "name_order"],
        unique=True,
        postgresql_where=sa.text("status <> 'ENDED'"),
    )
    op.create_table(
        "partner_agreements",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("purposes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("data_categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("service_agreement", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status <> 'SIGNED' OR (signer <> '' AND signed_on IS NOT NULL)", name=op.f("ck_partner_agreements_signed")
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SIGNED', 'EXPIRED', 'TERMINATED')", name=op.f("ck_partner_agreements_status")
        ),
        sa.CheckConstraint("cardinality(purposes) > 0", name=op.f("ck_partner_agreements_purposes_some")),
        sa.CheckConstraint("char_length(reason) <= 1000", name=op.f("ck_partner_agreements_reason_length")),
        sa.CheckConstraint("char_length(signer) <= 200", name=op.f("ck_partner_agreements_signer_length")),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_partner_agreements_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "agency_id"],
            ["partner_agencies.organisation_id", "partner_agencies.id"],
            name=op.f("fk_partner_agreements_organisation_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_partner_agreements")),
    )
    op.create_index(
        op.f("ix_partner_agreements_organisation_id_agency_id_drafted_at_id"),
        "partner_agreements",
        ["organisation_id", "agency_id", "drafted_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_partner_agreements_organisation_id_drafted_at_id"),
        "partner_agreements",
        ["organisation_id", "drafted_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_partner_agreements_organisation_id_status_until_on"),
        "partner_agreements",
        ["organisation_id", "status", "until_on"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "referrals",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("mentee_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decline", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'CLOSED') = (outcome IS NOT NULL)", name=op.f("ck_referrals_closed")),
        sa.CheckConstraint("(status = 'DECLINED') = (decline IS NOT NULL)", name=op.f("ck_referrals_declined")),
        sa.CheckConstraint(
            "decline IN ('NO_PLACE', 'NOT_ELIGIBLE', 'OUT_OF_AREA', 'COULD_NOT_REACH', 'OTHER')",
            name=op.f("ck_referrals_decline"),
        ),
        sa.CheckConstraint("direction = 'SELF' OR agency_id IS NOT NULL", name=op.f("ck_referrals_agency")),
        sa.CheckConstraint("direction IN ('SELF', 'INBOUND', 'OUTBOUND')", name=op.f("ck_referrals_direction")),
        sa.CheckConstraint(
            "outcome IN ('COMPLETED', 'NO_RESPONSE', 'DECLINED_BY_PERSON', 'NOT_ELIGIBLE', 'WITHDRAWN', 'DUPLICATE')",
            name=op.f("ck_referrals_outcome"),
        ),
        sa.CheckConstraint(
            "reason IN ('WANTS_A_MENTOR', 'LEAVING_CARE', 'AFTER_RELEASE', 'NEW_PLACE', 'FOR_FAMILY', 'MORE_SUPPORT', 'OTHER')",
            name=op.f("ck_referrals_reason"),
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SENT', 'RECEIVED', 'ACCEPTED', 'WAITLISTED', 'ENROLLED', 'DECLINED', 'EXPIRED', 'CLOSED')",
            name=op.f("ck_referrals_status"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "agency_id"],
            ["partner_agencies.organisation_id", "partner_agencies.id"],
            name=op.f("fk_referrals_organisation_id_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "agreement_id"],
            ["partner_agreements.organisation_id", "partner_agreements.id"],
            name=op.f("fk_referrals_organisation_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id"],
            name=op.f("fk_referrals_organisation_id_mentee_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_referrals_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_referrals_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_referrals")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "person_id",
            name=op.f("uq_referrals_organisation_id_id_programme_id_person_id"),
        ),
    )
    op.create_index("ix_referrals_agency_id", "referrals", ["organisation_id", "agency_id"], unique=False)
    op.create_index("ix_referrals_agreement_id", "referrals", ["organisation_id", "agreement_id"], unique=False)
    op.create_index("ix_referrals_mentee_id", "referrals", ["organisation_id", "mentee_id"], unique=False)
    op.create_index(
        op.f("ix_referrals_organisation_id_opened_at_id"),
        "referrals",
        ["organisation_id", "opened_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_referrals_organisation_id_person_id_opened_at_id"),
        "referrals",
        ["organisation_id", "person_id", "opened_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_referrals_organisation_id_programme_id_opened_at_id"),
        "referrals",
        ["organisation_id", "programme_id", "opened_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_referrals_organisation_id_status_expires_at"),
        "referrals",
        ["organisation_id", "status", "expires_at"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "referred_people",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("safe_contact", sa.Text(), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.CheckConstraint("char_length(contact) <= 300", name=op.f("ck_referred_people_contact_length")),
        sa.CheckConstraint("char_length(name) <= 120", name=op.f("ck_referred_people_name_length")),
        sa.CheckConstraint("char_length(safe_contact) <= 500", name=op.f("ck_referred_people_safe_contact_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "referral_id", "programme_id", "person_id"],
            ["referrals.organisation_id", "referrals.id", "referrals.programme_id", "referrals.person_id"],
            name=op.f("fk_referred_people_organisation_id_referral_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "referral_id"],
            ["referrals.organisation_id", "referrals.id"],
            name=op.f("fk_referred_people_organisation_id_referral_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_referred_people")),
    )
    op.create_index(
        op.f("ix_referred_people_organisation_id_person_id"),
        "referred_people",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_referred_people_organisation_id_referral_id"),
        "referred_people",
        ["organisation_id", "referral_id"],
        unique=True,
        postgresql_where=None,
    )
    secure(
        "partner_agencies",
        policies=[
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                check="(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
            )
        ],
        grants={"kith_tenant": ("DELETE", "INSERT", "SELECT", "UPDATE")},
    )
    secure(
        "partner_agreements",
        policies=[
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                check="(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
            )
        ],
        grants={"kith_tenant": ("DELETE", "INSERT", "SELECT", "UPDATE")},
    )
    secure(
        "referrals",
        policies=[
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                check="(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
            )
        ],
        grants={"kith_tenant": ("DELETE", "INSERT", "SELECT", "UPDATE")},
    )
    secure(
        "referred_people",
        policies=[
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                check="(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
            )
        ],
        grants={"kith_tenant": ("DELETE", "INSERT", "SELECT", "UPDATE")},
    )
    op.create_check_constraint(
        "ck_programmes_waiting_limit_days", "programmes", "((waiting_limit_days >= 1) AND (waiting_limit_days <= 730))"
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_programmes_waiting_limit_days", "programmes", type_="check")
    op.drop_index(
        op.f("ix_referred_people_organisation_id_referral_id"), table_name="referred_people", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_referred_people_organisation_id_person_id"), table_name="referred_people", postgresql_where=None
    )
    op.drop_table("referred_people")
    op.drop_index(op.f("ix_referrals_organisation_id_status_expires_at"), table_name="referrals", postgresql_where=None)
    op.drop_index(
        op.f("ix_referrals_organisation_id_programme_id_opened_at_id"), table_name="referrals", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_referrals_organisation_id_person_id_opened_at_id"), table_name="referrals", postgresql_where=None
    )
    op.drop_index(op.f("ix_referrals_organisation_id_opened_at_id"), table_name="referrals", postgresql_where=None)
    op.drop_index("ix_referrals_mentee_id", table_name="referrals")
    op.drop_index("ix_referrals_agreement_id", table_name="referrals")
    op.drop_index("ix_referrals_agency_id", table_name="referrals")
    op.drop_table("referrals")
    op.drop_index(
        op.f("ix_partner_agreements_organisation_id_status_until_on"),
        table_name="partner_agreements",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_partner_agreements_organisation_id_drafted_at_id"),
        table_name="partner_agreements",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_partner_agreements_organisation_id_agency_id_drafted_at_id"),
        table_name="partner_agreements",
        postgresql_where=None,
    )
    op.drop_table("partner_agreements")
    op.drop_index(
        "uq_partner_agencies_name", table_name="partner_agencies", postgresql_where=sa.text("status <> 'ENDED'")
    )
    op.drop_index(
        op.f("ix_partner_agencies_organisation_id_name_order_id"), table_name="partner_agencies", postgresql_where=None
    )
    op.drop_table("partner_agencies")
    op.drop_column("programmes", "waiting_limit_days")
