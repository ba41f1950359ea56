//! What strangers do beside people's work, for as long as it takes: they ask and do not read, say half of something, and send
//! what is slow to read.

use crate::machine::Machine;
use crate::support::Browser;
use axum::http::Request;
use bytes::Bytes;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// Unread answers that one connection asks for.
const STREAMS: u32 = 200;
/// What cannot be connected is tried again after this.
const PAUSE: Duration = Duration::from_millis(100);
/// Of a file that nobody needs to read to its end.
const BEGIN_LINES: u32 = 58_254;

/// How many of each.
#[derive(Debug, Clone, Copy)]
pub struct Attackers {
    /// Connections of HTTP/2 that take no answer.
    pub unread: u32,
    /// That say nothing, or half of something.
    pub half_open: u32,
    /// Of people who send certificates that are none.
    pub uploads: u32,
}

/// They go on until this is dropped.
pub struct Attack {
    _tasks: JoinSet<()>,
    pub cut_off: Arc<AtomicU64>,
    /// Files that were answered, whatever the answer.
    pub uploaded: Arc<AtomicU64>,
}

impl Attack {
    /// `from`: the address of each in turn. People who send are signed in first: `person` is the number of the first.
    pub async fn begin(machine: &Machine, who: Attackers, from: impl Fn(u32) -> Ipv4Addr, person: u32) -> Self {
        let (mut tasks, cut_off, uploaded) = (JoinSet::new(), Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let to: SocketAddr = machine.url.trim_start_matches("http://").parse().unwrap();
        for number in 0..who.uploads {
            let browser = machine.sign_in(Browser::at(&machine.url, from(number)), person + number).await;
            tasks.spawn(upload(browser, Arc::clone(&uploaded)));
        }
        for number in 0..who.unread {
            let (from, url, cut_off) = (from(number), machine.url.clone(), Arc::clone(&cut_off));
            tasks.spawn(again_and_again(from, to, cut_off, move |stream| ask_and_not_read(stream, url.clone())));
        }
        for number in 0..who.half_open {
            let (from, cut_off) = (from(number), Arc::clone(&cut_off));
            let opening: &[u8] = match number % 3 {
                0 => b"",
                1 => b"G",
                _ => b"PRI * HTTP/2.0",
            };
            tasks.spawn(again_and_again(from, to, cut_off, move |stream| say_half(stream, opening)));
        }
        Self { _tasks: tasks, cut_off, uploaded }
    }
}

/// Does the same on a new connection whenever one has ended.
async fn again_and_again<F: Future<Output = ()>>(
    from: Ipv4Addr,
    to: SocketAddr,
    cut_off: Arc<AtomicU64>,
    what: impl Fn(TcpStream) -> F,
) {
    loop {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(SocketAddr::from((from, 0))).unwrap();
        if let Ok(stream) = socket.connect(to).await {
            what(stream).await;
            cut_off.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Until it is cut off.
async fn ask_and_not_read(stream: TcpStream, url: String) {
    let Ok((mut asking, connection)) =
        h2::client::Builder::new().initial_window_size(0).handshake::<_, Bytes>(stream).await
    else {
        return;
    };
    let asked = async move {
        let mut answers = vec![];
        for _ in 0..STREAMS {
            let request = Request::get(format!("{url}/sign-in?return=%2F")).body(()).unwrap();
            match asking.ready().await {
                Ok(ready) => asking = ready,
                Err(_) => break,
            }
            match asking.send_request(request, true) {
                Ok((answer, _)) => answers.push(answer),
                Err(_) => break,
            }
        }
        // Held, and never read.
        std::future::pending::<()>().await;
        drop(answers);
    };
    tokio::select! {
        _ = connection => {}
        () = asked => {}
    }
}

/// Until it is cut off.
async fn say_half(mut stream: TcpStream, opening: &'static [u8]) {
    if stream.write_all(opening).await.is_ok() {
        let _ = stream.read_to_end(&mut vec![]).await;
    }
}

/// As fast as it is answered, whatever the answer.
async fn upload(mut browser: Browser, uploaded: Arc<AtomicU64>) {
    let mut text = String::new();
    for line in 0..BEGIN_LINES {
        let _ = writeln!(text, "-----BEGIN {line}");
    }
    loop {
        if browser.try_submit("/api/keep-certificate", &[("text", &*text), ("app", "")]).await.is_ok() {
            uploaded.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
