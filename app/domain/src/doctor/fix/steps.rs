//! The remedies in words.

use super::Fix;

fn list(steps: &[&str]) -> Vec<String> {
    steps.iter().map(|step| (*step).to_owned()).collect()
}

pub(super) fn steps(fix: &Fix) -> Vec<String> {
    match fix {
        Fix::RegisterCertificate { thumbprint, app_id } => {
            let which = thumbprint.map_or_else(
                || "Find the public certificate with which the client signs.".to_owned(),
                |thumbprint| format!("Find the public certificate with the SHA-1 thumbprint {thumbprint}. If it should not be in use, have the client load the right one instead."),
            );
            let to = app_id.map_or_else(|| "the app".to_owned(), |id| format!("the app {id}"));
            vec![
                which,
                format!("Add it to the keyCredentials of {to}, beside those that are there. Nothing may be replaced."),
                "Wait half a minute, then let the client try again with a new assertion.".into(),
                app_id.map_or_else(
                    || "The address in Entra’s message wants the app’s object id, not its client id.".to_owned(),
                    |id| format!("To see the app’s keys in Graph: applications(appId='{id}')?$select=keyCredentials. The address in Entra’s message wants the object id, and answers 404 to a client id."),
                ),
            ]
        }
        Fix::SignWithOther { thumbprint } => vec![
            thumbprint.map_or_else(
                || "Choose a certificate that is registered on the app and valid.".to_owned(),
                |thumbprint| format!("Have the client load the certificate {thumbprint}, with its own private key."),
            ),
            "Restart the client: most load a certificate once.".into(),
        ],
        Fix::RestoreRemoved { thumbprint } => vec![
            format!("Restore the certificate {thumbprint} from the record of changes, or add it anew."),
            "Find out what removed it: a pipeline or script that writes keyCredentials has to read the list first and send all of it.".into(),
        ],
        Fix::CorrectHeader { member, value } => {
            let set = value.as_ref().map_or_else(
                || format!("Compute {member} from the certificate’s DER: the digest’s bytes, base64url-encoded, without = at the end."),
                |value| format!("Set {member} to {value}"),
            );
            let mut steps = vec![set];
            if member == "x5t" {
                steps.push("With openssl: openssl x509 -in certificate.pem -outform der | openssl dgst -sha1 -binary | basenc --base64url | tr -d '='".into());
            } else {
                steps.push("With openssl: openssl x509 -in certificate.pem -outform der | openssl dgst -sha256 -binary | basenc --base64url -w0 | tr -d '='".into());
            }
            steps.push("Better still, let MSAL build the assertion: give it the certificate, and no thumbprint by hand.".into());
            steps
        }
        Fix::SignWithItsKey => list(&[
            "Check that key and certificate belong together; these two lines must print the same: openssl x509 -in certificate.pem -noout -pubkey | openssl sha256 and openssl pkey -in private.key -pubout | openssl sha256",
            "If they differ, load the key that belongs to the registered certificate, or register the certificate that belongs to the key.",
            "If they agree, compare the algorithm in the header with the padding in use (RS256: PKCS#1 v1.5; PS256: PSS with a salt of 32 bytes).",
        ]),
        Fix::ChangeAlgorithm => list(&[
            "Sign with an RSA key of 2048 bits or more.",
            "Use PS256 with x5t#S256, or RS256 with x5t, and make signature and header agree.",
            "With Key Vault’s sign, send the SHA-256 of header.payload, not the text.",
        ]),
        Fix::SignLast => list(&[
            "Serialise header and payload once, encode each as base64url, and sign exactly that text.",
            "Append the signature, and change nothing afterwards.",
        ]),
        Fix::OrderChain => list(&[
            "Put the signing certificate first into x5c, then the one that issued it, and so on.",
            "Unless something else asks for it, leave x5c out: apps outside Microsoft do not need it.",
        ]),
        Fix::FixClock => list(&[
            "Compare the machine’s clock with a time server: timedatectl, or w32tm /query /status on Windows.",
            "Take times as UTC, in seconds since 1970.",
            "Let an assertion begin at the present moment and last 5 to 10 minutes.",
        ]),
        Fix::WaitUntil { start } => vec![
            format!("Until {} sign with another registered certificate.", crate::doctor::cause::minute(*start)),
            "If it should be valid already, check the clock of the machine that issued it, and whether its start was meant as local time.".into(),
            "Otherwise register a certificate with an earlier start.".into(),
        ],
        Fix::WaitForPropagation => list(&[
            "Try again after 15 seconds, then after a minute, each time with a new assertion.",
            "After five minutes it is something else: check that the certificate is still on the app.",
        ]),
        Fix::Renew { other } => {
            let mut steps = vec![];
            if let Some(other) = other {
                steps.push(format!("At once: sign with the certificate {other}, which is on the app and valid."));
            }
            steps.extend(list(&[
                "Make or request a new certificate, and add it beside the old one.",
                "Have the client sign with the new one, and see that it signs in.",
                "Then remove the expired one.",
            ]));
            steps
        }
        Fix::UseOtherClientId { app_id } => vec![
            app_id.map_or_else(
                || "Copy the application (client) id from the app’s overview. It is neither the object id nor the id of the enterprise application.".to_owned(),
                |id| format!("Send {id} as client_id, and as iss and sub of the assertion."),
            ),
            "If the id is right, the app is not in this tenant: check the tenant in the address, or have an administrator consent to the app.".into(),
        ],
        Fix::UseOtherTenant { tenant } => vec![
            tenant.as_ref().map_or_else(
                || "Copy the tenant id from the Entra admin center’s overview, and put it into the token endpoint’s address.".to_owned(),
                |tenant| format!("Send the request to the tenant {tenant}."),
            ),
            "Use the same address as aud of the assertion.".into(),
        ],
        Fix::UseOtherCloud { host } => vec![
            host.as_ref().map_or_else(
                || "Use the sign-in host of the app’s cloud: login.microsoftonline.com, login.microsoftonline.us or login.partner.microsoftonline.cn.".to_owned(),
                |host| format!("Send the request to {host}."),
            ),
            "Use the same host in aud, and that cloud’s Graph in scope.".into(),
        ],
        Fix::CorrectAudience { audience } => vec![audience.as_ref().map_or_else(
            || "Set aud to the token endpoint to which the assertion is sent: https://{host}/{tenant}/oauth2/v2.0/token".to_owned(),
            |audience| format!("Set aud to {audience}"),
        )],
        Fix::CorrectClaims { claim } => vec![
            claim.as_ref().map_or_else(
                || "Send aud, iss, sub, jti, nbf, iat and exp.".to_owned(),
                |claim| format!("Correct {claim}."),
            ),
            "iss and sub are the client id, jti is a new GUID, the times are seconds since 1970 as numbers.".into(),
        ],
        Fix::MakeFreshAssertion => list(&[
            "Make a new assertion for every request. With MSAL, give it the certificate or a callback, not a finished assertion.",
            "Check the clock of the machine against a time server.",
        ]),
        Fix::NewSecretOrCertificate => list(&[
            "Add a new client secret and copy its value, which is shown once; or, better, register a certificate.",
            "Have the client use it, and remove the old one.",
        ]),
        Fix::SendCredential => list(&[
            "Send client_assertion_type and client_assertion in the form, or client_secret.",
            "If it is a desktop or mobile app, allow public client flows on the app, and register its redirect address under “Mobile and desktop applications”.",
        ]),
        Fix::CorrectScope => list(&["Ask for one scope, the resource’s identifier with /.default, for instance https://graph.microsoft.com/.default"]),
        Fix::MatchFederation => list(&[
            "Decode the assertion, and compare iss, aud and sub with the app’s federated credentials, letter by letter. aud is usually api://AzureADTokenExchange.",
            "Correct the federated credential, or the workload’s settings.",
        ]),
        Fix::EnableApp => list(&["Have an administrator enable the app: Enterprise applications, Properties, “Enabled for users to sign-in?”, and ask why it was disabled."]),
        Fix::MakeServicePrincipal { app_id } => vec![
            app_id.map_or_else(
                || "Make the enterprise application in that tenant: az ad sp create --id, followed by the client id.".to_owned(),
                |id| format!("Make the enterprise application in that tenant: az ad sp create --id {id}"),
            ),
            "For an app of another tenant, have an administrator consent to it instead: https://login.microsoftonline.com/{tenant}/adminconsent?client_id={client id}".into(),
            "If the tenant in the message is not the one that was meant, correct the token endpoint’s address.".into(),
        ],
        Fix::SendNoCredential => list(&[
            "If a person signs in with a desktop or mobile app: send neither client_assertion nor client_secret.",
            "If the app runs on a server: move its redirect address to the platform “Web”, and see that “Allow public client flows” is off.",
        ]),
        Fix::CorrectResource { resource } => vec![
            resource.as_ref().map_or_else(
                || "Compare the scope or resource of the request with the identifier of the service, letter by letter.".to_owned(),
                |resource| format!("Compare “{resource}” with the identifier of the service, letter by letter. For Microsoft Graph the scope is https://graph.microsoft.com/.default"),
            ),
            "See whether the service has an enterprise application in this tenant; if not, have an administrator consent to it.".into(),
            "If it has one in another tenant, send the request there.".into(),
        ],
        Fix::LookAtConditionalAccess => list(&[
            "Look for the correlation id in the sign-in logs (service principal sign-ins): its tab “Conditional Access” names the policy.",
            "Have who looks after Conditional Access allow the app, or run it from a place that the policy allows.",
            "A new certificate does not help.",
        ]),
        Fix::GrantConsent { app_id } => vec![
            app_id.map_or_else(
                || "Have an administrator grant consent: App registrations, the app, API permissions, “Grant admin consent”.".to_owned(),
                |id| format!("Have an administrator grant consent: App registrations, the app {id}, API permissions, “Grant admin consent”."),
            ),
            "An app that signs in by itself needs application permissions; delegated ones do not count for it.".into(),
            "Then ask for the resource’s identifier with /.default.".into(),
        ],
        Fix::Assign { person: true, .. } => list(&[
            "Have an administrator assign the person, or a group of theirs: Enterprise applications, the app, Users and groups.",
            "If everybody may use the app: Properties, “Assignment required?”, No.",
        ]),
        Fix::Assign { app_id, .. } => vec![
            app_id.map_or_else(
                || "Give the app an application role of the resource: App registrations, the app, API permissions, Add a permission, Application permissions.".to_owned(),
                |id| format!("Give the app an application role of the resource: App registrations, the app {id}, API permissions, Add a permission, Application permissions."),
            ),
            "Then have an administrator grant consent. A role that was not granted does not count.".into(),
            "If the resource has no application role, its owner makes one, with “Applications” among its member types.".into(),
        ],
        Fix::EnableResource => list(&[
            "Look at the resource under Enterprise applications, Properties: “Enabled for users to sign-in?”. Ask who disabled it, and why, before enabling it.",
            "If it belongs to a product of Microsoft, look whether the tenant’s subscription for it has ended.",
        ]),
        Fix::CorrectRequest => list(&[
            "Compare the request with the example of its grant type: each parameter once, percent-encoded once, in the body as application/x-www-form-urlencoded.",
            "If it carries an authorization code or a refresh token: take a new one, whole, from the same authority.",
            "If it carries client_assertion: see that it has three parts and no line break, and that client_assertion_type is the one of RFC 7523.",
        ]),
        Fix::LookAtUserSignIn => list(&[
            "Look for the correlation id in the tenant’s user sign-in logs: it says what was asked of the person.",
            "If no person should be asked, have the app sign in with its certificate (client credentials).",
        ]),
        Fix::CheckUserToken => list(&[
            "Decode the token in the assertion parameter: aud has to be this app, and the tenant the same.",
            "Pass it on as it was received. An access token for Microsoft Graph cannot be exchanged.",
        ]),
        Fix::ConnectWithSameCertificate => list(&["Use one valid certificate for both the TLS connection and the assertion."]),
        Fix::LookUpCode { code } => vec![
            format!("Look it up: https://login.microsoftonline.com/error?code={code}"),
            "Look for the correlation id in the tenant’s sign-in logs, under service principal sign-ins.".into(),
        ],
        Fix::LookElsewhere => list(&[
            "Try again with a new assertion, and paste the answer here.",
            "If it is the same error, compare tenant, client id and cloud of the request with those of the app.",
        ]),
        Fix::PasteMore { wanted } => {
            let words = wanted.iter().map(|wanted| format!("Add {}.", wanted.words()));
            words.chain(["Leave private keys and secrets out.".to_owned()]).collect()
        }
    }
}
