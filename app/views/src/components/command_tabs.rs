//! The same change as a ready-made command for each common tool.

use super::code_block::CodeBlock;
use super::tabs::Tabs;
use crate::prelude::*;
use domain::commands::Commands;

#[component]
pub fn CommandTabs(#[prop(into)] id: String, commands: Commands, #[prop(into)] app: String) -> impl IntoView {
    let block = |tool: &'static str, text: String| {
        let label = format!("the {tool} command for {app}");
        view! { <CodeBlock text label/> }.into_html()
    };
    let tabs = vec![
        ("Azure CLI", block("Azure CLI", commands.az)),
        ("Graph PowerShell", block("Graph PowerShell", commands.graph_powershell)),
        ("CLI for Microsoft 365", block("CLI for Microsoft 365", commands.m365)),
        ("REST", block("REST", commands.rest)),
    ];
    view! { <Tabs id label="Tool" tabs/> }
}
