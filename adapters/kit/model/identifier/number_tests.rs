//! Numbers as authorities publish them, right and mistyped.

use proptest::prelude::*;

use super::{IdFault, IdKind, IossNumber, MidCode, VatNumber, parse};
use crate::model::{CountryCode, Eori, Gtin};

/// The transmitted form of a number, or which of the two is wrong with it.
fn sent(kind: IdKind, raw: &str) -> Result<String, &'static str> {
    match parse(kind, raw) {
        Ok(number) => Ok(number.expose().to_owned()),
        Err(IdFault::Format(_)) => Err("form"),
        Err(IdFault::Check(_)) => Err("check"),
    }
}

#[test]
fn vat_numbers_of_every_state() {
    for (right, wrong) in [
        ("ATU12345675", "ATU12345676"),
        ("BE0123456749", "BE0123456748"),
        ("BG123456786", "BG123456785"),
        ("CY10234567S", "CY10234567A"),
        ("CZ12345679", "CZ12345678"),
        ("DE123456788", "DE123456789"),
        ("DK12345607", "DK12345608"),
        ("EE101234568", "EE101234567"),
        ("EL123456783", "EL123456784"),
        ("ESB12345674", "ESB12345675"),
        ("FI12345671", "FI12345672"),
        ("FR11123456782", "FR12123456782"),
        ("HR12345678903", "HR12345678904"),
        ("HU12345676", "HU12345677"),
        ("IE1234567T", "IE1234567A"),
        ("IE1234567WH", "IE1234567WI"),
        ("IT12345670017", "IT12345670018"),
        ("LT123456715", "LT123456716"),
        ("LU12345613", "LU12345614"),
        ("LV40001234561", "LV40001234562"),
        ("MT12345634", "MT12345635"),
        ("NL123456782B01", "NL123456789B01"),
        ("NL123456789B13", "NL123456789B14"),
        ("PL1234567883", "PL1234567884"),
        ("PT512345678", "PT512345679"),
        ("RO12345674", "RO12345675"),
        ("SE556123456701", "SE556123456801"),
        ("SI12345679", "SI12345670"),
        ("SK2021234567", "SK2021234568"),
        ("GB123456727", "GB123456728"),
        ("XI123456727", "XI123456728"),
        ("CHE-123.456.788 MWST", "CHE-123.456.789"),
        ("NO 912345688 MVA", "NO 912345687 MVA"),
        // Persons, bodies of the state and older forms.
        ("ES12345678Z", "ES12345678A"),
        ("ESX1234567L", "ESX1234567M"),
        ("BG7523169263", "BG7523169262"),
        ("CZ640903926", "CZ640903927"),
        ("IE8D79739I", "IE8D79739J"),
        ("ESP12345674", "ESP12345675"),
        ("ESP1234567D", "ESP1234567E"),
        ("GB124484630", "GB124484631"),
        ("GB471917092459", "GB471917093459"),
    ] {
        assert!(sent(IdKind::Vat, right).is_ok(), "{right}: {:?}", sent(IdKind::Vat, right));
        assert_eq!(sent(IdKind::Vat, wrong), Err("check"), "{wrong}");
    }
    for misshapen in [
        "AT12345675",
        "DE023456788",
        "BE2123456749",
        "CY12345678F",
        "SE556123456702",
        "IT12345677778",
        "IE1234567TX",
        "IE1234567XX",
        "DE1",
        "D",
    ] {
        assert_eq!(sent(IdKind::Vat, misshapen), Err("form"), "{misshapen}");
    }
    assert!(sent(IdKind::Vat, "GBGD001").is_ok());
    assert_eq!(sent(IdKind::Vat, "IE1234567X"), Err("check"), "no remainder has this letter");
    assert_eq!(sent(IdKind::Vat, "GB012345689"), Err("check"), "the new series begins at 100");
    assert!(sent(IdKind::Vat, "US123456789").is_ok(), "a state without a rule here is held to shape");
}

#[test]
fn other_numbers() {
    for (kind, right, wrong, fault) in [
        (IdKind::Voec, "2012345", "201234", "form"),
        (IdKind::Voec, "VOEC1234567", "12345678", "form"),
        (IdKind::Abn, "18123456789", "18123456788", "check"),
        (IdKind::Arn, "123456789012", "12345678901", "form"),
        (IdKind::NzGst, "123456785", "123456784", "check"),
        (IdKind::SgGst, "201512345C", "201512345D", "check"),
        (IdKind::SgGst, "M90373001L", "M9037300L", "form"),
        (IdKind::SgGst, "00192200M", "00192200N", "check"),
        (IdKind::SgGst, "T01FC6132D", "T01FC6132E", "check"),
        (IdKind::MyLvg, "LVG-0001/24", "LVG1", "form"),
        (IdKind::JpCorporate, "7123456789012", "8123456789012", "check"),
        (IdKind::Pccc, "P123456789012", "P12345678901", "form"),
        (IdKind::KrBusiness, "123-45-67891", "1234567892", "check"),
        (IdKind::CnId, "110101199001011237", "110101199001011238", "check"),
        (IdKind::Gstin, "27ABCPE1234F1ZB", "27ABCPE1234F1ZC", "check"),
        (IdKind::Pan, "ABCPE1234F", "ABCXE1234F", "form"),
        (IdKind::Iec, "ABCPE1234F", "ABCPE1234", "form"),
        (IdKind::AdCode, "1234567", "123456", "form"),
        (IdKind::EwayBill, "123456789012", "1234567890", "form"),
        (IdKind::Ein, "12-3456789", "12-345678", "form"),
        (IdKind::Itn, "X20261122123456", "X2026112212345", "form"),
        (IdKind::Mid, "CNSYNTOY1234SHE", "CN1", "form"),
        (IdKind::Bn15, "123456782RM0001", "123456789RM0001", "check"),
        (IdKind::Rfc, "ABC010203AB9", "ABC010203AB8", "check"),
        (IdKind::Rfc, "GODE561231GR8", "XAXX010101000", "check"),
        (IdKind::Curp, "HEGG560427MVZRRL04", "HEGG560427MVZRRL05", "check"),
        (IdKind::BrTax, "123.456.789-09", "12345678908", "check"),
        (IdKind::BrTax, "12345678000195", "11111111111", "check"),
        (IdKind::BrTax, "12ABC34501DE35", "12ABC34501DE36", "check"),
        (IdKind::TrId, "12345678950", "12345678951", "check"),
        (IdKind::TrId, "1234567890", "1234567891", "check"),
        (IdKind::SaAddress, "RRRD2929", "RRR2929", "form"),
        (IdKind::Ukims, "GBUKIM12345678900020260101120000", "GBUKIM123", "form"),
        (IdKind::GbVat, "GB123456727", "DE123456788", "form"),
        (IdKind::CheVat, "CHE-123.456.788 MWST", "CH123456788", "form"),
        (IdKind::Ioss, "im 276 123 4567", "IN2761234567", "form"),
        (IdKind::Eori, "GB123456727000", "ZZ1", "form"),
    ] {
        assert!(sent(kind, right).is_ok(), "{kind} {right}: {:?}", sent(kind, right));
        assert_eq!(sent(kind, wrong), Err(fault), "{kind} {wrong}");
    }
}

#[test]
fn numbers_take_their_transmitted_form() {
    for (kind, raw, form) in [
        (IdKind::Voec, "VOEC 2012345", "2012345"),
        (IdKind::Vat, "GR123456783", "EL123456783"),
        (IdKind::Vat, "NO 912345688 MVA", "912345688"),
        (IdKind::Ioss, "im 276 123 4567", "IM2761234567"),
        (IdKind::CheVat, "CHE-123.456.788 MWST", "CHE123456788MWST"),
        (IdKind::Itn, "AES X20261122123456", "X20261122123456"),
        (IdKind::Ein, "12-3456789", "12-3456789"),
        (IdKind::Ein, "12 3456789", "123456789"),
        (IdKind::Eori, "it RSSMRA80A01H501U", "ITRSSMRA80A01H501U"),
    ] {
        assert_eq!(sent(kind, raw).as_deref(), Ok(form));
    }
}

#[test]
fn the_unofficial_check_digit_warns_and_never_refuses() {
    for (number, fits) in [
        ("IM3729999902", Some(true)),
        ("IM2761234567", Some(true)),
        ("IM5289999911", Some(true)),
        ("IM4429999920", Some(true)),
        ("IM9009999941", Some(true)),
        ("IM0409999958", Some(true)),
        ("IM3729999903", Some(false)),
        ("IM2760000000", Some(false)),
    ] {
        assert_eq!(IossNumber::parse(number).unwrap().check_digit_fits(), fits, "{number}");
    }
    for other in ["IM1234567890", "IM0123456789", "IM276123456", "EU372999990", "IMDEU1234567", ""] {
        assert!(IossNumber::parse(other).is_err(), "{other}");
    }
}

#[test]
fn an_eori_is_held_to_its_states_habits_without_being_refused() {
    for (number, fits) in [
        ("DE1234567", Some(true)),
        ("DE12", Some(false)),
        ("ATEOS1123456789", Some(true)),
        ("FR12345678901234", Some(true)),
        ("XI123456727000", Some(true)),
        ("XI1234567", Some(false)),
        ("ITRSSMRA80A01H501U", Some(true)),
        ("IT12345670017", Some(true)),
        ("IT123", Some(false)),
        ("IE1234567T", Some(true)),
        ("LU12345613", Some(true)),
        ("HU1234567890", Some(true)),
        ("HU12345676", Some(false)),
        ("RO123456789012", Some(false)),
        ("CY123456789", Some(false)),
        ("GB123456728000", Some(false)),
        ("GR123456783", Some(true)),
        ("GR123456784", Some(false)),
        ("PL123456788300000", Some(true)),
        ("PL123456788400000", Some(false)),
        ("JP1", None),
    ] {
        assert_eq!(Eori::parse(number).unwrap().shape_fits(), fits, "{number}");
    }
}

#[test]
fn a_makers_code_is_made_of_name_street_and_city() {
    let made = |country: &str, province: &str, name: &str, street: &str, city: &str| {
        let country = CountryCode::parse(country).unwrap();
        MidCode::of_maker(country, province, name, street, city)
            .map(|code| code.identifier().expose().to_owned())
    };
    let code = |text: &str| Ok(text.to_owned());
    assert_eq!(made("CN", "", "Synth Toys Ltd", "1234 Long Road", "Shenzhen"), code("CNSYNTOY1234SHE"));
    assert_eq!(made("IT", "", "The Moda", "5th Street 12, Unit 12345", "Roma"), code("ITMOD1234ROM"));
    for (name, start) in [
        ("Bergstrom", "BER"),
        ("A B C Company", "ABCCOM"),
        ("O.A.S.I.S. Corp.", "OASCOR"),
        ("Dr. S.A. Smith", "DRSA"),
        ("Shavings B L Inc.", "SHABL"),
        ("A House of Wool", "HOUWOO"),
    ] {
        assert_eq!(made("CN", "", name, "", "Xian"), code(&format!("CN{start}XIA")), "{name}");
    }
    assert_eq!(made("CA", "ON", "Maple Goods", "88 King St", "Toronto"), code("XOMAPGOO88TOR"));
    assert!(made("CA", "ZZ", "Maple Goods", "88 King St", "Toronto").is_err(), "no such province");
    assert!(made("TR", "", "Ünal Mobilya", "1", "Izmir").is_err(), "letters are not left out silently");
    assert!(made("CN", "", "", "", "").is_err());
}

#[test]
fn no_number_takes_signs_that_a_form_could_not_print() {
    for kind in IdKind::ALL {
        for odd in ["LVG\n00012", "LVG\u{202e}00012", "LVG#00012"] {
            if let Ok(number) = parse(*kind, odd) {
                assert!(number.expose().chars().all(|c| c.is_ascii_alphanumeric()), "{kind} {odd:?}");
            }
        }
    }
}

#[test]
fn a_refusal_says_what_is_right_and_never_the_number() {
    for kind in IdKind::ALL {
        let refused = parse(*kind, "AB12CD34EF56GH78IJ90KL12MN");
        if let Err(fault) = refused {
            assert!(!fault.to_string().contains("AB12CD"), "{fault}");
        }
    }
    let words = IossNumber::parse("IN2761234567").unwrap_err().to_string();
    assert!(words.contains("send the IM number"), "{words}");
    assert_eq!(format!("{:?}", VatNumber::parse("DE123456788").unwrap()), "*********88");
}

/// Kinds whose check digits find every single mistyped digit, and a number of
/// each: `#` stands for any digit, `@` for what makes it right.
///
/// Not among them, as two numbers that differ in one digit may both be right:
/// rules that write two remainders alike (see [`ALIKE`]), with alternatives (BG,
/// LT, the new GB series, NL, IRD), modulo 9 (JP, VKN) or with even weights modulo
/// 10 (CURP).
#[rustfmt::skip]
const PROMISED: &[(IdKind, &str)] = &[
    (IdKind::Vat, "ATU#######@"), (IdKind::Vat, "BE0#######@@"), (IdKind::Vat, "CY0#######@"),
    (IdKind::Vat, "DE1#######@"), (IdKind::Vat, "DK1######@"), (IdKind::Vat, "EE########@"),
    (IdKind::Vat, "ES########@"), (IdKind::Vat, "ESB#######@"), (IdKind::Vat, "FI#######@"),
    (IdKind::Vat, "HR##########@"), (IdKind::Vat, "HU#######@"), (IdKind::Vat, "IE#######@"),
    (IdKind::Vat, "IT#######001@"), (IdKind::Vat, "LU######@@"), (IdKind::Vat, "LV4#########@"),
    (IdKind::Vat, "MT######@@"), (IdKind::Vat, "PL#########@"), (IdKind::Vat, "SE#########@01"),
    (IdKind::Vat, "SK20#######@"), (IdKind::Vat, "SI1######@"), (IdKind::Vat, "GB00#####@@"), (IdKind::CheVat, "CHE########@"), (IdKind::Vat, "NO########@MVA"),
    (IdKind::Abn, "1########@@"), (IdKind::Bn15, "########@RM0001"), (IdKind::CnId, "1###############@@"),
    (IdKind::KrBusiness, "#########@"), (IdKind::SgGst, "########@"), (IdKind::SgGst, "#########@"),
    (IdKind::TrId, "1########@@"), (IdKind::Gstin, "##ABCPE####F1Z@"),
];

/// Kinds that write two remainders as one check digit: a number of each, and that
/// digit. Where the first check digit is another, every changed digit is found.
#[rustfmt::skip]
const ALIKE: &[(IdKind, &str, char)] = &[
    (IdKind::Vat, "CZ1######@", '1'), (IdKind::Vat, "EL########@", '0'), (IdKind::Vat, "PT5#######@", '0'),
    (IdKind::Vat, "RO#########@", '0'), (IdKind::BrTax, "#########@@", '0'),
    (IdKind::BrTax, "########0001@@", '0'),
];

/// A right number of the pattern, with the digits taken in turn.
fn made(kind: IdKind, pattern: &str, digits: &[u8]) -> Option<String> {
    let mut digits = digits.iter().cycle();
    let filled: String = pattern
        .chars()
        .map(|c| if c == '#' { char::from(b'0' + digits.next().unwrap() % 10) } else { c })
        .collect();
    let fills = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars();
    match pattern.matches('@').count() {
        1 => fills.map(|c| filled.replace('@', &c.to_string())).find(|number| parse(kind, number).is_ok()),
        _ => (0..100).map(|two| filled.replace("@@", &format!("{two:02}"))).find(|n| parse(kind, n).is_ok()),
    }
}

/// The number with one digit changed, for each digit that the check covers; what
/// follows the number proper (an account, an entity) has no check digit.
fn mistyped(pattern: &str, number: &str, shift: u8) -> Vec<String> {
    let places = pattern.bytes().zip(number.bytes()).enumerate();
    let covered = places.filter(|(_, (place, byte))| matches!(place, b'#' | b'@') && byte.is_ascii_digit());
    covered
        .map(|(at, (_, byte))| {
            let mut changed = number.as_bytes().to_vec();
            changed[at] = b'0' + (byte - b'0' + shift) % 10;
            String::from_utf8(changed).unwrap()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_one_changed_digit_is_found_where_that_is_promised(
        digits in prop::collection::vec(any::<u8>(), 16),
        shift in 1u8..10,
    ) {
        for (kind, pattern) in PROMISED {
            let Some(number) = made(*kind, pattern, &digits) else { continue };
            for changed in mistyped(pattern, &number, shift) {
                prop_assert!(parse(*kind, &changed).is_err(), "{kind} {number} and {changed}");
            }
        }
        for (kind, pattern, alike) in ALIKE {
            let Some(number) = made(*kind, pattern, &digits) else { continue };
            if number.chars().nth(pattern.find('@').unwrap()) == Some(*alike) {
                continue;
            }
            for changed in mistyped(pattern, &number, shift) {
                prop_assert!(parse(*kind, &changed).is_err(), "{kind} {number} and {changed}");
            }
        }
    }

    #[test]
    fn a_japanese_number_tells_every_changed_digit_but_nine_for_nought(
        rest in "[0-9]{12}", at in 0usize..13, shift in 1u8..9,
    ) {
        let right = |number: &String| parse(IdKind::JpCorporate, number).is_ok();
        let number = (1..10).map(|check| format!("{check}{rest}")).find(right).unwrap();
        let mut changed = number.into_bytes();
        let old = changed[at];
        changed[at] = b'0' + (old - b'0' + shift) % 10;
        prop_assume!(old.abs_diff(changed[at]) != 9);
        prop_assert!(!right(&String::from_utf8(changed).unwrap()));
    }

    #[test]
    fn any_one_changed_digit_of_a_gtin_is_found(payload in "[0-9]{12}", at in 0usize..13, shift in 1u8..10) {
        let number = (0..10).map(|check| format!("{payload}{check}")).find(|n| Gtin::parse(n).is_ok()).unwrap();
        let mut changed = number.into_bytes();
        changed[at] = b'0' + (changed[at] - b'0' + shift) % 10;
        prop_assert!(Gtin::parse(std::str::from_utf8(&changed).unwrap()).is_err());
    }

    #[test]
    fn no_text_panics(raw in "\\PC{0,40}") {
        for kind in IdKind::ALL {
            if let Ok(number) = parse(*kind, &raw) {
                let shown = format!("{number:?}");
                prop_assert!(shown.chars().filter(|c| *c != '*').count() <= 2, "{shown}");
            }
        }
    }

    #[test]
    fn no_number_like_text_panics(raw in "[A-Z]{0,4}[0-9A-Z .&-]{0,20}") {
        for kind in IdKind::ALL {
            let _ = parse(*kind, &raw);
        }
    }
}
