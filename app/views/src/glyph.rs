//! The icons by name, and their strokes.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    Home,
    Apps,
    Upload,
    Audit,
    Check,
    CheckCircle,
    Warning,
    ErrorCircle,
    Info,
    Clock,
    Plus,
    Minus,
    Equal,
    Edit,
    Copy,
    Download,
    Search,
    Close,
    ChevronLeft,
    ChevronRight,
    ChevronDown,
    ArrowRight,
    Sun,
    Moon,
    Screen,
    Person,
    External,
    Key,
    Certificate,
    Shield,
    SignOut,
    Receipt,
    Undo,
    History,
    Table,
    Doctor,
    Vault,
    Proof,
    Help,
    Keyboard,
    Lock,
    Menu,
    Chart,
}

impl Glyph {
    /// Of its strokes, as SVG's `d`.
    pub fn path(self) -> &'static str {
        match self {
            Self::Lock => "M5 9h10v7.5H5zM7 9V6.6a3 3 0 0 1 6 0V9",
            Self::Chart => "M3.5 16.5h13M5.5 13.5v-4M10 13.5v-10M14.5 13.5V6.8",
            Self::Menu => "M3 5.5h14M3 10h14M3 14.5h14",
            Self::Home => "M3 9.3 10 3.2l7 6.1M5 7.8v8.7h3.8v-4.7h2.4v4.7H15V7.8",
            Self::Apps => "M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h5v5h-5z",
            Self::Upload => {
                "M10 13V3.7M6.3 7.2 10 3.5l3.7 3.7M3.5 12.5v2.8c0 .7.5 1.2 1.2 1.2h10.6c.7 0 1.2-.5 1.2-1.2v-2.8"
            }
            Self::Audit => "M7 4.5H4.7v12h10.6v-12H13M7.2 3h5.6v3H7.2zM7.5 9.7h5M7.5 12.8h3.5",
            Self::Check => "m4.2 10.6 3.7 3.7 8-8.6",
            Self::CheckCircle => "M10 2.6a7.4 7.4 0 1 0 0 14.8 7.4 7.4 0 0 0 0-14.8ZM6.8 10.3l2.2 2.2 4.3-4.7",
            Self::Warning => "M10 3.2 2.6 16.5h14.8L10 3.2ZM10 8.3v3.9M10 14.4v.1",
            Self::ErrorCircle => "M10 2.6a7.4 7.4 0 1 0 0 14.8 7.4 7.4 0 0 0 0-14.8ZM7.6 7.6l4.8 4.8M12.4 7.6l-4.8 4.8",
            Self::Info => "M10 2.6a7.4 7.4 0 1 0 0 14.8 7.4 7.4 0 0 0 0-14.8ZM10 9.2v4.3M10 6.5v.1",
            Self::Clock => "M10 2.6a7.4 7.4 0 1 0 0 14.8 7.4 7.4 0 0 0 0-14.8ZM10 6v4.3l2.8 1.7",
            Self::Plus => "M10 4v12M4 10h12",
            Self::Minus => "M4 10h12",
            Self::Equal => "M4.5 7.7h11M4.5 12.3h11",
            Self::Edit => "M12.8 4.2 4.4 12.6l-.9 3.9 3.9-.9 8.4-8.4zM10.9 6.1l3 3",
            Self::Copy => "M7 6.8V3.5h9.5V13h-3.3M3.5 7H13v9.5H3.5z",
            Self::Download => "M10 3.5v9.3M6.3 9.3 10 13l3.7-3.7M3.5 16.5h13",
            Self::Search => "M8.8 3.3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM12.8 12.8l4 4",
            Self::Close => "m5 5 10 10M15 5 5 15",
            Self::ChevronLeft => "M12.3 4.5 6.8 10l5.5 5.5",
            Self::ChevronRight => "M7.7 4.5 13.2 10l-5.5 5.5",
            Self::ChevronDown => "M4.5 7.7 10 13.2l5.5-5.5",
            Self::ArrowRight => "M3.5 10h12.8M11.3 5l5 5-5 5",
            Self::Sun => {
                "M10 6.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8ZM10 2.2v1.4M10 16.4v1.4M2.2 10h1.4M16.4 10h1.4M4.5 4.5l1 1M14.5 14.5l1 1M15.5 4.5l-1 1M5.5 14.5l-1 1"
            }
            Self::Moon => "M16.6 12.1A7 7 0 0 1 7.9 3.4a7 7 0 1 0 8.7 8.7Z",
            Self::Screen => "M3 4h14v9.5H3zM7 16.5h6M10 13.7v2.6",
            Self::Person => {
                "M10 3.2a3.1 3.1 0 1 0 0 6.2 3.1 3.1 0 0 0 0-6.2ZM3.8 16.8c.6-3.1 3.1-4.8 6.2-4.8s5.6 1.7 6.2 4.8"
            }
            Self::External => "M8 4.5H4.5v11h11V12M11.5 3.5h5v5M16.3 3.7l-6.8 6.8",
            Self::Key => "M12.7 3.4a3.9 3.9 0 1 0 0 7.8 3.9 3.9 0 0 0 0-7.8ZM9.9 10.1l-6.4 6.4M5.6 14.4l1.9 1.9",
            Self::Certificate => {
                "M6.8 13.5H3.5V4h13v9.5h-3.3M6.5 7.2h7M10 9.8a2.1 2.1 0 1 0 0 4.2 2.1 2.1 0 0 0 0-4.2ZM8.6 13.8v3.7l1.4-1 1.4 1v-3.7"
            }
            Self::Shield => "M10 2.7 4 5v4.4c0 4 2.5 6.6 6 8 3.5-1.4 6-4 6-8V5l-6-2.3Z",
            Self::SignOut => "M8 3.5H4v13h4M12.5 6.5 16 10l-3.5 3.5M15.8 10H8",
            Self::Doctor => {
                "M5.5 3.2H4.2v4.6a4 4 0 0 0 8 0V3.2h-1.3M8.2 11.8v1.7a3.3 3.3 0 0 0 6.6 0v-1.7M14.8 8.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4Z"
            }
            Self::Vault => {
                "M3.5 3.5h13v12h-13zM5.5 15.5v1.7M14.5 15.5v1.7M10 6.4a3.1 3.1 0 1 0 0 6.2 3.1 3.1 0 0 0 0-6.2ZM10 6.4v1.7M10 10.9v1.7M6.9 9.5h1.7M11.4 9.5h1.7"
            }
            Self::Proof => {
                "m10 2.6 2 1.5 2.5-.1.7 2.4 2.1 1.4-.9 2.3.9 2.3-2.1 1.4-.7 2.4-2.5-.1-2 1.5-2-1.5-2.5.1-.7-2.4-2.1-1.4.9-2.3-.9-2.3 2.1-1.4.7-2.4 2.5.1ZM7.2 10.3l2 2 3.8-4.2"
            }
            Self::Help => {
                "M10 2.6a7.4 7.4 0 1 0 0 14.8 7.4 7.4 0 0 0 0-14.8ZM7.9 8a2.1 2.1 0 1 1 3.2 1.8c-.8.5-1.1.9-1.1 1.8M10 14v.1"
            }
            Self::Keyboard => "M2.5 5.5h15v9.5h-15zM5.3 8.3h.1M8.4 8.3h.1M11.5 8.3h.1M14.6 8.3h.1M6.5 12h7",
            Self::Undo => "M7.5 4.5 3.5 8.5l4 4M3.8 8.5h7.9a4.3 4.3 0 0 1 0 8.6H7.5",
            Self::History => "M3.2 3.8v3.6h3.6M3.5 7.4A7 7 0 1 1 3 10.6M10 6.5v4l2.7 1.6",
            Self::Table => "M3 4h14v12H3zM3 8h14M3 12h14M8 4v12",
            Self::Receipt => "M5 2.7h10v14.8l-2.5-1.6-2.5 1.6-2.5-1.6L5 17.5zM8 6.7h4M8 9.7h4",
        }
    }
}
