//! What sealing must hold, for any content and context.

use proptest::prelude::*;

use super::*;

fn sealer() -> Sealer {
    Sealer::new(&SealKey::generate().unwrap(), &[])
}

fn parts(context: &[String]) -> Vec<&str> {
    context.iter().map(String::as_str).collect()
}

fn context() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[a-z]{0,3}", 0..4)
}

proptest! {
    #[test]
    fn opens_what_it_sealed(context in context(), plain in proptest::collection::vec(any::<u8>(), 0..200)) {
        let sealer = sealer();
        let sealed = sealer.seal(&parts(&context), &plain).unwrap();
        prop_assert_eq!(sealed.len(), plain.len() + OVERHEAD);
        prop_assert_eq!(&*sealer.open(&parts(&context), &sealed).unwrap(), &plain);
    }

    #[test]
    fn never_opens_under_another_context(one in context(), other in context()) {
        prop_assume!(one != other);
        let sealer = sealer();
        let sealed = sealer.seal(&parts(&one), b"secret").unwrap();
        prop_assert_eq!(sealer.open(&parts(&other), &sealed).unwrap_err(), SealError::Tampered);
    }

    #[test]
    fn never_opens_when_any_bit_was_changed(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let sealer = sealer();
        let mut sealed = sealer.seal(&["t", "journal", "7"], b"secret").unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(sealer.open(&["t", "journal", "7"], &sealed).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        prop_assert!(sealer().open(&["t"], &bytes).is_err());
    }
}

#[test]
fn the_same_content_is_never_sealed_alike() {
    let sealer = sealer();
    assert_ne!(sealer.seal(&["t"], b"x").unwrap(), sealer.seal(&["t"], b"x").unwrap());
}

#[test]
fn an_old_key_still_opens_and_no_longer_seals() {
    let (old, new) = (SealKey::generate().unwrap(), SealKey::generate().unwrap());
    let before = Sealer::new(&old, &[]);
    let after = Sealer::new(&new, std::slice::from_ref(&old));
    let sealed = before.seal(&["t"], b"x").unwrap();
    assert_eq!(&**after.open(&["t"], &sealed).unwrap(), b"x");
    let fresh = after.seal(&["t"], b"x").unwrap();
    assert_eq!(before.open(&["t"], &fresh).unwrap_err(), SealError::UnknownKey(new.id()));
}

#[test]
fn a_key_survives_its_text_form_and_nothing_shows_it() {
    let key = SealKey::generate().unwrap();
    let text = key.to_text();
    assert_eq!(SealKey::parse(&text).unwrap().id(), key.id());
    let shown = format!("{key:?} {:?} {text:?}", Sealer::new(&key, &[]));
    assert!(!shown.contains(text.expose_secret()));
    assert!(!text.expose_secret().contains(&key.id().to_string()));
}

#[test]
fn what_is_no_key_is_refused_without_repeating_it() {
    for bad in ["", "deadbeef", &"zz".repeat(32), &"00".repeat(32), &"ab".repeat(33)] {
        let error = SealKey::parse(&SecretString::from(bad)).unwrap_err();
        assert_eq!(error, SealError::BadKey, "{bad}");
        assert!(bad.is_empty() || !error.to_string().contains(bad));
    }
}
