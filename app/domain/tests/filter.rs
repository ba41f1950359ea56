//! Filters of the inventory: what is printed is read again, and what is not understood is named.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use domain::credentials::{CredentialKind, SubjectKind};
use domain::ids::ObjectId;
use domain::inventory::AttentionKind;
use domain::inventory::filter::{
    CertificateFilter, Days, DecidedWord, Ends, Filter, FilterError, FilterKey, IssuerFilter, MOST_TYPED, MOST_WORDS,
    OwnerFilter, OwnerWord, Word,
};
use proptest::prelude::*;
use uuid::Uuid;

fn days(days: u16) -> Days {
    Days::new(days).unwrap()
}

fn words(filter: &Filter) -> Vec<&str> {
    filter.words.iter().map(Word::as_str).collect()
}

#[test]
fn each_key_says_what_it_says() {
    let read = |text: &str| text.parse::<Filter>().unwrap();
    let filter = read(
        "  payroll KIND:secret ends:<30d owner:none needs:no-owner decided:mine holder:sp \"two words\" name:x:y ",
    );
    assert_eq!(words(&filter), ["payroll", "two words", "x:y"]);
    let expected = Filter {
        words: filter.words.clone(),
        kind: Some(CredentialKind::Secret),
        holder: Some(SubjectKind::ServicePrincipal),
        ends: Some(Ends::Within(days(30))),
        owner: Some(OwnerFilter::Word(OwnerWord::Nobody)),
        needs: Some(AttentionKind::NoOwner),
        decided: Some(DecidedWord::Mine),
        ..Filter::default()
    };
    assert_eq!(filter, expected);
    assert_eq!(
        filter.to_string(),
        "payroll \"two words\" \"x:y\" kind:secret ends:<30d holder:sp owner:none needs:no-owner decided:mine"
    );
    let named = read(
        "certificate:9F2C41D003B1C8E4E7A6590BC2401D5F77AE0011 issuer:\"CN=Contoso \\\"X\\\" CA\" owner:0F1E2D3C-4b5a-4978-8685-9483a2b10003",
    );
    assert_eq!(
        named.to_string(),
        "owner:0f1e2d3c-4b5a-4978-8685-9483a2b10003 certificate:9f2c41d003b1c8e4e7a6590bc2401d5f77ae0011 issuer:\"CN=Contoso \\\"X\\\" CA\""
    );
    assert_eq!(named.value(FilterKey::Issuer), "CN=Contoso \"X\" CA");
    assert_eq!(read(&named.to_string()), named);
    assert_eq!(read("certificate:UNKNOWN").certificate, Some(CertificateFilter::Unknown));
    assert_eq!(read("issuer:unread").issuer, Some(IssuerFilter::Unread));
    assert_eq!(read("ends:>90").ends, Some(Ends::After(days(90))));
    assert_eq!([read("ends:past").ends, read("ends:unknown").ends], [Some(Ends::Past), Some(Ends::Unknown)]);
    assert!(read(" \t ").is_empty() && !read("a").is_empty());
}

#[test]
fn what_is_not_understood_is_named_with_what_there_is() {
    let why = |text: &str| text.parse::<Filter>().unwrap_err();
    assert_eq!(why("a polcy:violates b"), FilterError::Key("polcy:violates".into()));
    assert!(why("x:y").to_string().contains(
        "“x:y” is not understood: there is name, kind, ends, holder, owner, needs, decided, certificate, issuer."
    ));
    for (text, key, among) in [
        ("kind:password", FilterKey::Kind, "certificate, secret, federated"),
        ("kind:", FilterKey::Kind, "certificate"),
        ("ends:<0d", FilterKey::Ends, "<30d"),
        ("ends:<+5d", FilterKey::Ends, "past"),
        ("ends:>99999d", FilterKey::Ends, "unknown"),
        ("holder:me", FilterKey::Holder, "app, sp, blueprint"),
        ("owner:mara", FilterKey::Owner, "none, me, unknown"),
        ("needs:expired", FilterKey::Needs, "expired-alone"),
        ("certificate:9f", FilterKey::Certificate, "a SHA-1 thumbprint, unknown"),
        ("issuer:", FilterKey::Issuer, "unread"),
    ] {
        let error = why(text);
        assert_eq!(error, FilterError::Value { word: text.into(), key });
        assert!(error.to_string().contains(text) && error.to_string().contains(among), "{error}");
    }
    assert_eq!(why("kind:secret kind:secret"), FilterError::Twice { word: "kind:secret".into(), key: FilterKey::Kind });
    assert_eq!(why("a \"b c"), FilterError::OpenQuote("\"b c".into()));
    assert_eq!(why("name:"), FilterError::Name("name:".into()));
    assert_eq!(why(&"x".repeat(MOST_TYPED + 1)), FilterError::TooLong);
    assert_eq!(why(&"x ".repeat(MOST_WORDS + 1)), FilterError::TooManyWords);
    assert!(matches!(why(&"x".repeat(Word::MOST + 1)), FilterError::Name(_)));
}

#[test]
fn a_choice_takes_the_place_of_what_was_there() {
    let mut filter: Filter = "payroll kind:secret ends:past".parse().unwrap();
    filter.choose(FilterKey::Kind, "federated").unwrap();
    filter.choose(FilterKey::Ends, "").unwrap();
    filter.choose(FilterKey::Needs, "weak").unwrap();
    assert_eq!(filter.to_string(), "payroll kind:federated ends:past needs:weak");
    assert_eq!([filter.value(FilterKey::Kind), filter.value(FilterKey::Owner)], ["federated", ""]);
    let wrong = filter.choose(FilterKey::Owner, "x y").unwrap_err();
    assert_eq!(wrong, FilterError::Value { word: "owner:x y".into(), key: FilterKey::Owner });
}

fn ends() -> impl Strategy<Value = Ends> {
    let days = (1..=Days::MOST).prop_map(days);
    prop_oneof![Just(Ends::Past), Just(Ends::Unknown), days.clone().prop_map(Ends::Within), days.prop_map(Ends::After)]
}

fn owner() -> impl Strategy<Value = OwnerFilter> {
    let named = any::<u128>().prop_map(|id| OwnerFilter::Is(ObjectId::new(Uuid::from_u128(id))));
    prop_oneof![proptest::sample::select(OwnerWord::ALL).prop_map(OwnerFilter::Word), named]
}

fn certificate() -> impl Strategy<Value = CertificateFilter> {
    let named = "[0-9a-f]{40}".prop_map(|hex| CertificateFilter::Is(hex.parse().unwrap()));
    prop_oneof![Just(CertificateFilter::Unknown), named]
}

fn issuer() -> impl Strategy<Value = IssuerFilter> {
    let named = "\\PC{1,12}|[a:\" \\\\]{1,6}".prop_map(|name| name.parse::<IssuerFilter>().unwrap());
    prop_oneof![Just(IssuerFilter::Unread), named]
}

fn of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(proptest::sample::select(all))
}

prop_compose! {
    fn filter()(
        words in proptest::collection::vec("\\PC{1,12}|[a:\" \\\\]{1,6}", 0..=MOST_WORDS),
        kind in of(CredentialKind::ALL),
        holder in of(SubjectKind::ALL),
        ends in proptest::option::of(ends()),
        owner in proptest::option::of(owner()),
        needs in of(AttentionKind::ALL),
        decided in of(DecidedWord::ALL),
        certificate in proptest::option::of(certificate()),
        issuer in proptest::option::of(issuer()),
    ) -> Filter {
        let words = words.iter().map(|word| word.parse().unwrap()).collect();
        Filter { words, kind, holder, ends, owner, needs, decided, certificate, issuer }
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_as_the_same(filter in filter()) {
        let printed = filter.to_string();
        prop_assert_eq!(printed.parse::<Filter>(), Ok(filter), "{}", printed);
    }

    #[test]
    fn any_text_is_a_filter_or_an_error_that_has_a_part_of_it(text in "([a-z]{1,5}|kind:|ends:<|name:|\"|\\\\|[0-9]{1,3}d| |\\PC){0,30}") {
        match text.parse::<Filter>() {
            Ok(filter) => prop_assert_eq!(filter.to_string().parse::<Filter>(), Ok(filter)),
            Err(FilterError::TooLong | FilterError::TooManyWords) => {}
            Err(
                FilterError::Key(word) | FilterError::Name(word) | FilterError::OpenQuote(word)
                | FilterError::Value { word, .. } | FilterError::Twice { word, .. },
            ) => prop_assert!(!word.is_empty() && text.contains(&word), "{word}"),
        }
    }
}
