-- Whatever kith_principal reads to say who somebody is must be named here: a change of it is written down.
CREATE OR REPLACE TRIGGER kith_standing AFTER UPDATE OF status ON organisations
    FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
CREATE OR REPLACE TRIGGER kith_standing AFTER UPDATE OF person_id, permissions, own_only, expires_at, revoked_at OR DELETE
    ON tokens FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
CREATE OR REPLACE TRIGGER kith_standing AFTER INSERT OR UPDATE OR DELETE ON members
    FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
CREATE OR REPLACE TRIGGER kith_standing AFTER INSERT OR UPDATE OR DELETE ON roles
    FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
CREATE OR REPLACE TRIGGER kith_standing AFTER INSERT OR UPDATE OF person_id, supervisor_id OR DELETE ON mentors
    FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
CREATE OR REPLACE TRIGGER kith_standing AFTER INSERT OR UPDATE OF person_id OR DELETE ON mentees
    FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
CREATE OR REPLACE TRIGGER kith_standing AFTER INSERT OR UPDATE OR DELETE ON matches
    FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
CREATE OR REPLACE TRIGGER kith_standing AFTER INSERT OR UPDATE OR DELETE ON proposals
    FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
CREATE OR REPLACE TRIGGER kith_standing AFTER INSERT OR UPDATE OR DELETE ON coverage_delegations
    FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
CREATE OR REPLACE TRIGGER kith_standing AFTER INSERT OR UPDATE OF person_id OR DELETE ON group_facilitators
    FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
CREATE OR REPLACE TRIGGER kith_standing AFTER INSERT OR UPDATE OF person_id, status OR DELETE ON group_memberships
    FOR EACH ROW EXECUTE FUNCTION kith_note_standing();
