//! Signs a client assertion with a private key that a file holds. The assertion alone goes out.

use super::Work;
use crate::desk::Desk;
use crate::message::{Effect, Event, Letter, Message, Step};
use crate::reading;
use crate::secret::LockedFile;
use domain::certificate::Certificate;
use domain::client_assertion::{Algorithm, Assertion};
use domain::upload::ReadError;
use keys::{KeyError, KeyFile, PrivateKey, open_pkcs12_with_key, read_with_key};
use leptos::prelude::*;
use std::rc::Rc;
use time::Duration;
use views::components::message_bar::{Intent, MessageBar};
use views::data::problem::Problem;
use views::data::proofs::{ProofAttempt, ProofSubject};
use views::workbenches::proof::{Ask, BelongsToNothing, Candidate, PAUSE_SECONDS, ProgressView, ProofProgress, Ready};
use zeroize::Zeroizing;

/// Of an assertion (5 to 10 minutes are recommended).
const LIFETIME: Duration = Duration::minutes(5);

struct Held {
    key: Rc<PrivateKey>,
    candidates: Vec<Candidate>,
}

/// How the token is asked for.
#[derive(Clone)]
struct SigningChoice {
    certificate: Certificate,
    algorithm: Algorithm,
}

pub struct Proof {
    subject: ProofSubject,
    locked: Option<LockedFile>,
    held: Option<Held>,
    wanted: Option<SigningChoice>,
    signing: Option<Assertion>,
    progress: Option<ProofProgress>,
    /// What is under way: answers to what went before are passed over.
    job: u32,
}

impl Proof {
    pub fn new(subject: ProofSubject) -> Self {
        Self { subject, locked: None, held: None, wanted: None, signing: None, progress: None, job: 0 }
    }

    fn settle(&mut self, desk: &mut Desk<'_>, file: String, found: Result<KeyFile, KeyError>) {
        self.locked = None;
        desk.forget("ask");
        match found {
            Ok(found) => self.ready(desk, file, found),
            Err(error) => {
                self.held = None;
                desk.show("key", || {
                    let advice = format!("{} ({file})", error.advice());
                    view! { <MessageBar intent=Intent::Error title=error.to_string() live=true><p>{advice}</p><p>"Nothing was sent."</p></MessageBar> }
                });
            }
        }
    }

    fn ready(&mut self, desk: &mut Desk<'_>, file: String, found: KeyFile) {
        self.job += 1;
        self.progress = None;
        desk.show("proof", || ());
        let candidates = self.candidates(&found);
        let subject = self.subject.clone();
        if candidates.is_empty() {
            self.held = None;
            return desk.show("key", || view! { <BelongsToNothing file subject/> });
        }
        desk.show("key", || view! { <Ready file candidates=candidates.clone() subject/> });
        self.held = Some(Held { key: Rc::new(found.key), candidates });
    }

    /// Certificates of the key, registered ones first.
    fn candidates(&self, found: &KeyFile) -> Vec<Candidate> {
        let mut all: Vec<Candidate> = Vec::new();
        for certificate in self.subject.certificates().iter().chain(&found.certificates) {
            let new = all.iter().all(|it| it.certificate.sha256() != certificate.sha256());
            if new && found.key.belongs_to(certificate) {
                let registered = self.subject.is_registered(certificate);
                all.push(Candidate { certificate: certificate.clone(), registered });
            }
        }
        let (mut first, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.registered);
        first.extend(others);
        first
    }

    fn begin_asking(&mut self, desk: &mut Desk<'_>, fields: &[(String, String)]) {
        let text = |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        let Some(held) = &self.held else { return };
        let Some(chosen) = held.candidates.get(text("which").parse().unwrap_or(0)) else { return };
        let algorithm = if text("algorithm") == "RS256" { Algorithm::Rs256 } else { Algorithm::Ps256 };
        self.wanted = Some(SigningChoice { certificate: chosen.certificate.clone(), algorithm });
        self.attempt(desk, 1);
    }

    fn attempt(&mut self, desk: &mut Desk<'_>, attempt: u32) {
        let (Some(Held { key, .. }), Some(wanted)) = (&self.held, &self.wanted) else { return };
        let target = &self.subject.target;
        let jti = uuid::Builder::from_random_bytes(desk.moment.random).into_uuid();
        let SigningChoice { certificate, algorithm } = wanted;
        let assertion = Assertion::new(
            certificate,
            *algorithm,
            target.app_id,
            &target.token_endpoint,
            jti,
            desk.moment.now,
            LIFETIME,
        );
        self.job += 1;
        desk.step(Step::Sign {
            job: self.job,
            key: Rc::clone(key),
            pss: *algorithm == Algorithm::Ps256,
            data: assertion.signing_input().as_bytes().to_vec(),
        });
        self.signing = Some(assertion);
        self.set(desk, ProofProgress::Asking { attempt });
    }

    fn set(&mut self, desk: &mut Desk<'_>, progress: ProofProgress) {
        let busy = matches!(progress, ProofProgress::Asking { .. } | ProofProgress::Waiting { .. });
        desk.show("ask", || view! { <Ask busy/> });
        desk.show("proof", || view! { <ProgressView progress=progress.clone()/> });
        self.progress = Some(progress);
    }

    fn signed(&mut self, desk: &mut Desk<'_>, signature: Option<Vec<u8>>) {
        let Some((assertion, signature)) = self.signing.take().zip(signature) else {
            let why = "WebCrypto is not there, or refused the key.";
            let problem = Problem::new(400, "cannot-sign", "This browser could not sign", why)
                .advice("Open the portal over HTTPS in a current browser, or use the copy-and-paste way.");
            return self.set(desk, ProofProgress::Failed(problem));
        };
        let Some(ProofProgress::Asking { attempt }) = self.progress else { return };
        let (app, assertion) = (self.subject.target.app_id, assertion.with_signature(&signature));
        desk.page(Effect::Prove { number: self.job, app, assertion, attempt });
    }

    fn answered(&mut self, desk: &mut Desk<'_>, answer: Result<ProofAttempt, Problem>) {
        let Some(ProofProgress::Asking { attempt }) = self.progress else { return };
        match answer {
            Ok(ProofAttempt::Wait { .. }) => {
                desk.step(Step::Tick { job: self.job });
                self.set(desk, ProofProgress::Waiting { attempt, seconds: PAUSE_SECONDS });
            }
            Ok(ProofAttempt::Over { html }) => {
                self.progress = None;
                desk.show("ask", || view! { <Ask busy=false/> });
                desk.put("proof", html);
            }
            Err(problem) => self.set(desk, ProofProgress::Failed(problem)),
        }
    }

    fn ticked(&mut self, desk: &mut Desk<'_>) {
        match self.progress {
            Some(ProofProgress::Waiting { attempt, seconds: 1 }) => self.attempt(desk, attempt + 1),
            Some(ProofProgress::Waiting { attempt, seconds }) => {
                desk.step(Step::Tick { job: self.job });
                self.set(desk, ProofProgress::Waiting { attempt, seconds: seconds - 1 });
            }
            _ => {}
        }
    }

    fn cancel_proof(&mut self, desk: &mut Desk<'_>) {
        if let Some(ProofProgress::Waiting { attempt, .. }) = self.progress {
            self.job += 1;
            self.set(desk, ProofProgress::Cancelled { attempts: attempt });
        }
    }
}

impl Work for Proof {
    fn file(&mut self, desk: &mut Desk<'_>, name: String, bytes: Zeroizing<Vec<u8>>, _: bool) {
        match read_with_key(&bytes) {
            Err(KeyError::Read(ReadError::Pkcs12)) => {
                desk.ask_password(&name);
                self.locked = Some(LockedFile { name, bytes });
            }
            found => self.settle(desk, name, found),
        }
    }

    fn message(&mut self, desk: &mut Desk<'_>, message: Message) {
        match message {
            Message::Form { name, secrets, .. } if name == "password" => {
                let Some((file, password)) = self.locked.as_ref().zip(secrets.first()) else { return };
                match open_pkcs12_with_key(&file.bytes, password.as_str()) {
                    Err(KeyError::Read(ReadError::WrongPassword)) => desk.wrong_password(),
                    found => {
                        let name = file.name.clone();
                        desk.close_dialog();
                        self.settle(desk, name, found);
                    }
                }
            }
            Message::Form { name, fields, .. } if name == "prove" => self.begin_asking(desk, &fields),
            Message::Do { what, .. } => match what.as_str() {
                "cancel" => desk.close_dialog(),
                "cancel-proof" => self.cancel_proof(desk),
                _ => {}
            },
            Message::Answered { number, status, body } if number == self.job => {
                self.answered(desk, crate::answer::read(status, &body));
            }
            Message::Told(Letter::Read { number, pieces }) => reading::answer(desk, number, &pieces),
            Message::Closed => self.locked = None,
            _ => {}
        }
    }

    fn event(&mut self, desk: &mut Desk<'_>, event: Event) {
        match event {
            Event::Signed { job, signature } if job == self.job => self.signed(desk, signature),
            Event::Ticked { job } if job == self.job => self.ticked(desk),
            _ => {}
        }
    }
}
