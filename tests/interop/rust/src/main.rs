//! A peer over rust-libp2p that understands the lines of the Go peer (tests/interop/README.md), without a chain.
//!
//!     peer listen [flags]            run, read commands from standard input
//!     peer dial [flags] ADDR DO...   dial, do the listed things, exit with 0 if all succeeded
mod node;
mod streams;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

pub type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

pub fn emit(event: &str, mut fields: Value) {
    fields["event"] = event.into();
    println!("{fields}");
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn unhex(text: &str) -> Fallible<Vec<u8>> {
    (0..text.len()).step_by(2).map(|at| Ok(u8::from_str_radix(text.get(at..at + 2).ok_or("odd length")?, 16)?)).collect()
}

#[derive(Clone)]
pub struct Options {
    pub seed: u64,
    pub key: String,
    pub listen: Vec<String>,
    pub agent: String,
    pub network: String,
    pub topics: Vec<String>,
    pub no_dht: bool,
}

fn parse(args: &mut Vec<String>) -> Fallible<Options> {
    let mut out = Options {
        seed: 1,
        key: "ed25519".into(),
        listen: vec![],
        agent: "rust-libp2p".into(),
        network: "localnet".into(),
        topics: vec![],
        no_dht: false,
    };
    let list = |text: String| text.split(',').map(String::from).collect();
    while args.first().is_some_and(|flag| flag.starts_with('-')) {
        let flag = args.remove(0);
        if flag == "-no-dht" || flag == "-quiet" {
            out.no_dht |= flag == "-no-dht";
            continue;
        }
        if args.is_empty() {
            return Err(format!("{flag} needs a value").into());
        }
        let value = args.remove(0);
        match flag.as_str() {
            "-seed" => out.seed = value.parse()?,
            "-key" => out.key = value,
            "-listen" => out.listen = list(value),
            "-agent" => out.agent = value,
            "-network" => out.network = value,
            "-topics" => out.topics = list(value),
            _ => return Err(format!("unknown flag {flag}").into()),
        }
    }
    for topic in &mut out.topics {
        if topic == "blocks" || topic == "msgs" {
            *topic = format!("/fil/{topic}/{}", out.network);
        }
    }
    Ok(out)
}

/// Executes a command and prints its answer.
async fn execute(node: &node::Handle, command: Value) -> bool {
    let limit = Duration::from_secs(60);
    let done = tokio::time::timeout(limit, node.execute(&command)).await.unwrap_or_else(|late| Err(late.into()));
    let good = done.is_ok();
    let mut answer = done.unwrap_or_else(|error| json!({"error": error.to_string()}));
    answer["cmd"] = command["cmd"].clone();
    answer["tag"] = command["tag"].clone();
    answer["ok"] = good.into();
    emit("answer", answer);
    good
}

async fn dial(node: &node::Handle, args: &[String]) -> Fallible<bool> {
    let address = args.first().ok_or("no address")?;
    let mut good = execute(node, json!({"cmd": "dial", "addr": address})).await;
    let peer = address.rsplit('/').next().unwrap_or_default();
    for word in &args[1..] {
        let (name, number) = word.split_once(':').unwrap_or((word, "0"));
        let number: u64 = number.parse().unwrap_or(0);
        if name == "wait" {
            tokio::time::sleep(Duration::from_secs(number)).await;
            continue;
        }
        good &= execute(node, json!({"cmd": name, "peer": peer, "count": number, "size": number})).await;
    }
    Ok(good)
}

#[tokio::main]
async fn main() -> Fallible<()> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if args.is_empty() {
        return Err("usage: peer listen|dial [flags]".into());
    }
    let mode = args.remove(0);
    let mut options = parse(&mut args)?;
    if mode == "dial" {
        let node = node::start(options).await?;
        std::process::exit(if dial(&node, &args).await? { 0 } else { 1 });
    }
    if options.listen.is_empty() {
        options.listen.push("/ip4/127.0.0.1/tcp/0".into());
    }
    let node = node::start(options).await?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let command: Value = serde_json::from_str(&line)?;
        if command["cmd"] == "quit" {
            break;
        }
        execute(&node, command).await;
    }
    std::process::exit(0)
}
