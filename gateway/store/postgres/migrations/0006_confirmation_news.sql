-- A marketplace that has taken a confirmation is news of its shipment.
CREATE TRIGGER measure_confirmations AFTER UPDATE OF sent_at ON confirmations
FOR EACH ROW WHEN (old.sent_at IS NULL AND new.sent_at IS NOT NULL)
EXECUTE FUNCTION measure_tracking();
