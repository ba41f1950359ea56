//! A text to take along: a command, a PEM block.

use super::copy_button::CopyButton;
use crate::prelude::*;

#[component]
pub fn CodeBlock(
    #[prop(into)] text: String,
    /// What it is, for screen readers and the copy button: "the Azure CLI command for Payroll".
    #[prop(into)]
    label: String,
    /// Break anywhere, for base64 without lines.
    #[prop(optional)]
    breaks: bool,
) -> impl IntoView {
    let class = if breaks { "code code--breaks" } else { "code" };
    view! {
        <div class=class>
            <div class="code__bar"><CopyButton text=text.clone() what=label.clone() worded=true/></div>
            <pre class="code__text" tabindex="0" role="region" aria-label=label><code>{text}</code></pre>
        </div>
    }
}
