//! Building blocks that pages share.

pub mod breadcrumbs;
pub mod certificate_facts;
pub mod code_block;
pub mod command_tabs;
pub mod copy_button;
pub mod dialog;
pub mod diff_table;
pub mod drop_zone;
pub mod empty_state;
pub mod field;
pub mod get_form;
pub mod header;
pub mod icon;
pub mod json_view;
pub mod message_bar;
pub mod outcome;
pub mod page;
pub mod pager;
pub mod problem_view;
pub mod tabs;
pub mod theme;
pub mod thumbprint;
pub mod timestamp;
pub mod validity_pill;
