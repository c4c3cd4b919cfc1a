//! The contract's own rules: nothing released is changed, everything is
//! explained, every enum starts with "not stated".
//!
//! `proto/v1.lock` is the released contract, one line an element. To bless an
//! addition run this test with `BLESS=1`; a breaking change needs
//! `BLESS=breaking` and an entry in the changelog.

use std::collections::{BTreeMap, BTreeSet};
use std::{env, fs};

use parcelgate::api::proto::DESCRIPTOR_SET;
use prost::Message;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet};

const LOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/v1.lock");

/// Our own files of the descriptor set; what is vendored is left out.
fn our_files() -> Vec<FileDescriptorProto> {
    let mut files = FileDescriptorSet::decode(DESCRIPTOR_SET).unwrap().file;
    files.retain(|file| file.package().starts_with("parcelgate."));
    assert!(!files.is_empty());
    files
}

mod snapshot {
    use prost_reflect::{DescriptorPool, FieldDescriptor, Kind};

    /// The contract as sorted lines, one an element.
    pub(super) fn lines(descriptors: &[u8]) -> Vec<String> {
        let pool = DescriptorPool::decode(descriptors).unwrap();
        let ours = |name: &str| name.starts_with("parcelgate.");
        let mut lines = Vec::new();
        for message in pool.all_messages().filter(|message| ours(message.full_name())) {
            lines.push(format!("message {}", message.full_name()));
            lines.extend(message.fields().map(|field| field_line(&field)));
        }
        for kind in pool.all_enums().filter(|kind| ours(kind.full_name())) {
            lines
                .extend(kind.values().map(|value| {
                    format!("enum {} {:04} {}", kind.full_name(), value.number(), value.name())
                }));
        }
        for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            let stream = |streams: bool| if streams { "stream " } else { "" };
            lines.push(format!(
                "rpc {} {}{} -> {}{}",
                method.full_name(),
                stream(method.is_client_streaming()),
                method.input().full_name(),
                stream(method.is_server_streaming()),
                method.output().full_name(),
            ));
        }
        lines.sort();
        lines
    }

    fn field_line(field: &FieldDescriptor) -> String {
        let kind = match field.kind() {
            Kind::Message(message) => message.full_name().to_owned(),
            Kind::Enum(kind) => kind.full_name().to_owned(),
            scalar => format!("{scalar:?}").to_lowercase(),
        };
        let label = match field.containing_oneof() {
            Some(_) if field.field_descriptor_proto().proto3_optional() => "optional ".to_owned(),
            Some(oneof) => format!("oneof {} ", oneof.name()),
            None if field.is_list() => "repeated ".to_owned(),
            None => String::new(),
        };
        let message = field.parent_message().full_name().to_owned();
        format!("field {message} {:04} {} {label}{kind}", field.number(), field.name())
    }
}

/// What differs between two snapshots.
#[derive(Debug, PartialEq, Eq)]
struct Difference {
    removed: Vec<String>,
    added: Vec<String>,
}

impl Difference {
    fn between(old: &str, new: &str) -> Self {
        let [old, new] = [old, new].map(|text| text.lines().collect::<BTreeSet<_>>());
        let only = |left: &BTreeSet<&str>, right: &BTreeSet<&str>| {
            left.difference(right).map(|line| (*line).to_owned()).collect()
        };
        Self { removed: only(&old, &new), added: only(&new, &old) }
    }

    fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }

    /// Whether callers of the old contract are served as before.
    fn is_additive(&self) -> bool {
        self.removed.is_empty()
    }

    /// Whether the value of the variable `BLESS` allows it.
    fn is_blessed_by(&self, bless: Option<&str>) -> bool {
        match bless {
            Some("breaking") => true,
            Some("1") => self.is_additive(),
            _ => false,
        }
    }

    fn report(&self) -> String {
        let list = |title: &str, sign: char, lines: &[String]| match lines {
            [] => String::new(),
            lines => lines.iter().fold(format!("{title}\n"), |text, line| format!("{text}  {sign} {line}\n")),
        };
        let how = if self.is_additive() { "BLESS=1" } else { "BLESS=breaking" };
        format!(
            "the proto files differ from proto/v1.lock\n{}{}to take this over run the test again with {how}",
            list("removed or changed, which breaks callers:", '-', &self.removed),
            list("added:", '+', &self.added),
        )
    }
}

#[test]
fn the_released_contract_stands() {
    let now = snapshot::lines(DESCRIPTOR_SET).join("\n") + "\n";
    let released = fs::read_to_string(LOCK).unwrap_or_default();
    let difference = Difference::between(&released, &now);
    if difference.is_blessed_by(env::var("BLESS").ok().as_deref()) {
        fs::write(LOCK, &now).unwrap();
        return;
    }
    assert!(difference.is_empty(), "{}", difference.report());
    assert_eq!(released, now, "proto/v1.lock holds the right lines in the wrong order; BLESS=1 sorts them");
}

#[test]
fn a_changed_field_is_breaking_and_a_new_one_is_not() {
    let mut set = FileDescriptorSet::decode(DESCRIPTOR_SET).unwrap();
    let before = snapshot::lines(DESCRIPTOR_SET).join("\n");
    let party = set
        .file
        .iter_mut()
        .flat_map(|file| &mut file.message_type)
        .find(|message| message.name() == "Party")
        .unwrap();
    let mut extra = party.field[0].clone();
    (extra.name, extra.number, extra.json_name) = (Some("title".into()), Some(99), None);
    party.field.push(extra);
    let grown = Difference::between(&before, &snapshot::lines(&set.encode_to_vec()).join("\n"));
    assert_eq!(grown.added, ["field parcelgate.v1.Party 0099 title string"]);
    assert!(grown.is_additive() && grown.is_blessed_by(Some("1")) && !grown.is_blessed_by(None));

    let party = set
        .file
        .iter_mut()
        .flat_map(|file| &mut file.message_type)
        .find(|message| message.name() == "Party")
        .unwrap();
    party.field[0].number = Some(77);
    let broken = Difference::between(&before, &snapshot::lines(&set.encode_to_vec()).join("\n"));
    assert_eq!(broken.removed, ["field parcelgate.v1.Party 0001 name string"]);
    assert!(!broken.is_blessed_by(Some("1")) && broken.is_blessed_by(Some("breaking")));
    assert!(broken.report().contains("BLESS=breaking"), "{}", broken.report());
}

/// Names of the elements of one file that have no comment of their own.
struct Uncommented<'a> {
    commented: BTreeSet<&'a [i32]>,
    names: Vec<String>,
}

impl<'a> Uncommented<'a> {
    fn of(file: &'a FileDescriptorProto) -> Vec<String> {
        let locations = file.source_code_info.iter().flat_map(|info| &info.location);
        let commented =
            locations.filter(|at| !at.leading_comments().trim().is_empty()).map(|at| at.path.as_slice());
        let mut this = Self { commented: commented.collect(), names: Vec::new() };
        for (index, message) in (0..).zip(&file.message_type) {
            this.message(&[4, index], message);
        }
        for (index, kind) in (0..).zip(&file.enum_type) {
            this.kind(&[5, index], kind);
        }
        for (index, service) in (0..).zip(&file.service) {
            this.check(&[6, index], service.name());
            for (at, method) in (0..).zip(&service.method) {
                this.check(&[6, index, 2, at], &format!("{}.{}", service.name(), method.name()));
            }
        }
        this.names
    }

    fn message(&mut self, path: &[i32], message: &DescriptorProto) {
        self.check(path, message.name());
        for (index, field) in (0..).zip(&message.field) {
            self.check(&[path, &[2, index]].concat(), &format!("{}.{}", message.name(), field.name()));
        }
        let synthetic: BTreeSet<_> = message
            .field
            .iter()
            .filter(|field| field.proto3_optional())
            .filter_map(|field| field.oneof_index)
            .collect();
        for (index, oneof) in (0..).zip(&message.oneof_decl).filter(|(index, _)| !synthetic.contains(index)) {
            self.check(&[path, &[8, index]].concat(), &format!("{}.{}", message.name(), oneof.name()));
        }
        for (index, nested) in (0..).zip(&message.nested_type) {
            self.message(&[path, &[3, index]].concat(), nested);
        }
        for (index, nested) in (0..).zip(&message.enum_type) {
            self.kind(&[path, &[4, index]].concat(), nested);
        }
    }

    fn kind(&mut self, path: &[i32], kind: &EnumDescriptorProto) {
        self.check(path, kind.name());
        for (index, value) in (0..).zip(&kind.value) {
            self.check(&[path, &[2, index]].concat(), value.name());
        }
    }

    fn check(&mut self, path: &[i32], name: &str) {
        if !self.commented.contains(path) {
            self.names.push(name.to_owned());
        }
    }
}

#[test]
fn every_element_has_a_comment() {
    let mut missing = Vec::new();
    for file in our_files() {
        missing.extend(Uncommented::of(&file).into_iter().map(|name| format!("{}: {name}", file.name())));
    }
    assert!(missing.is_empty(), "without a comment:\n{}", missing.join("\n"));
}

#[test]
fn an_element_without_a_comment_is_found() {
    let mut file = our_files().into_iter().find(|file| file.name().ends_with("/place.proto")).unwrap();
    file.source_code_info.as_mut().unwrap().location.retain(|at| at.path != [4, 0, 2, 3]);
    assert_eq!(Uncommented::of(&file), ["Party.city"]);
}

#[test]
fn every_enum_starts_unspecified() {
    for file in our_files() {
        for kind in &file.enum_type {
            let zero = kind.value.iter().find(|value| value.number() == 0).unwrap();
            assert!(zero.name().ends_with("_UNSPECIFIED"), "{} in {}", zero.name(), file.name());
        }
        let nested = file.message_type.iter().map(|message| message.enum_type.len()).sum::<usize>();
        assert_eq!(
            nested,
            0,
            "enums of {} stand inside a message, where this test does not look",
            file.name()
        );
    }
}

#[test]
fn an_assessment_asks_with_the_fields_of_a_rate() {
    let mut messages = BTreeMap::new();
    for file in our_files() {
        messages.extend(file.message_type.into_iter().map(|message| (message.name().to_owned(), message)));
    }
    let shape = |name: &str| {
        let fields = messages[name].field.iter();
        fields
            .map(|field| {
                (field.name().to_owned(), field.number(), field.type_name().to_owned(), field.label())
            })
            .collect::<Vec<_>>()
    };
    let rate = shape("RateRequest");
    for field in shape("AssessRequest") {
        assert!(rate.contains(&field), "{field:?} of AssessRequest is no field of RateRequest");
    }
}
