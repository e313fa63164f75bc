//! Streams of protocols that only tests have, and libp2p's perf.
use std::time::{Duration, Instant};

use futures::{AsyncReadExt, AsyncWriteExt, StreamExt, future::join, future::join_all};
use libp2p::{PeerId, Stream, StreamProtocol};
use libp2p_stream::Control;
use serde_json::{Value, json};

use crate::Fallible;

pub const ECHO: StreamProtocol = StreamProtocol::new("/strata/echo/1.0.0");
pub const RESET: StreamProtocol = StreamProtocol::new("/strata/reset/1.0.0");
pub const PERF: StreamProtocol = StreamProtocol::new("/perf/1.0.0");
const PART: usize = 64 << 10;

async fn copy_back(mut stream: Stream) -> std::io::Result<()> {
    let mut part = vec![0; PART];
    loop {
        let size = stream.read(&mut part).await?;
        if size == 0 {
            return stream.close().await;
        }
        stream.write_all(&part[..size]).await?;
        stream.flush().await?;
    }
}

/// A stream that is dropped before it is closed is reset.
async fn reset_at_once(mut stream: Stream) -> std::io::Result<()> {
    stream.read(&mut [0; 1]).await.map(|_| ())
}

async fn write_zeros(stream: &mut (impl futures::AsyncWrite + Unpin), mut left: usize) -> std::io::Result<()> {
    let part = vec![0; PART];
    while left > 0 {
        let size = stream.write(&part[..left.min(PART)]).await?;
        left -= size;
    }
    stream.flush().await
}

async fn serve_perf(mut stream: Stream) -> std::io::Result<()> {
    let mut wanted = [0; 8];
    stream.read_exact(&mut wanted).await?;
    let mut part = vec![0; PART];
    while stream.read(&mut part).await? > 0 {}
    write_zeros(&mut stream, u64::from_be_bytes(wanted) as usize).await?;
    stream.close().await
}

pub fn serve(control: &mut Control) -> Fallible<()> {
    let mut echo = control.accept(ECHO)?;
    let mut reset = control.accept(RESET)?;
    let mut perf = control.accept(PERF)?;
    tokio::spawn(async move {
        while let Some((_, stream)) = echo.next().await {
            tokio::spawn(copy_back(stream));
        }
    });
    tokio::spawn(async move {
        while let Some((_, stream)) = reset.next().await {
            tokio::spawn(reset_at_once(stream));
        }
    });
    tokio::spawn(async move {
        while let Some((_, stream)) = perf.next().await {
            tokio::spawn(serve_perf(stream));
        }
    });
    Ok(())
}

pub async fn echo(mut control: Control, to: PeerId, size: usize) -> Fallible<Value> {
    let data: Vec<u8> = (0..size).map(|at| (at * 7 + at / 251) as u8).collect();
    let begin = Instant::now();
    let (mut from, mut out) = control.open_stream(to, ECHO).await?.split();
    let write = async {
        out.write_all(&data).await?;
        out.close().await
    };
    let mut back = Vec::new();
    let (read, written) = join(from.read_to_end(&mut back), write).await;
    read?;
    written?;
    if back != data {
        return Err(format!("echo of {size} bytes differs: {} came back", back.len()).into());
    }
    Ok(json!({"bytes": size, "us": begin.elapsed().as_micros() as u64}))
}

pub async fn many(control: Control, to: PeerId, count: usize, size: usize) -> Value {
    let all = join_all((0..count).map(|_| {
        let one = echo(control.clone(), to, size);
        async move { tokio::time::timeout(Duration::from_secs(30), one).await.is_ok_and(|done| done.is_ok()) }
    }))
    .await;
    json!({"done": all.into_iter().filter(|good| *good).count()})
}

pub async fn reset(mut control: Control, to: PeerId, size: usize) -> Fallible<Value> {
    let mut stream = control.open_stream(to, ECHO).await?;
    // The window may be full before anybody reads the answer.
    let _ = tokio::time::timeout(Duration::from_secs(1), write_zeros(&mut stream, size)).await;
    Ok(json!({}))
}

pub async fn hear_reset(mut control: Control, to: PeerId) -> Fallible<Value> {
    let mut stream = control.open_stream(to, RESET).await?;
    stream.write_all(&[1]).await?;
    stream.flush().await?;
    let heard = stream.read_to_end(&mut Vec::new()).await;
    Ok(json!({"reset": heard.is_err(), "error": heard.err().map(|error| error.to_string())}))
}

pub async fn perf(mut control: Control, to: PeerId, up: usize, down: usize) -> Fallible<Value> {
    let mut stream = control.open_stream(to, PERF).await?;
    stream.write_all(&(down as u64).to_be_bytes()).await?;
    let begin = Instant::now();
    write_zeros(&mut stream, up).await?;
    stream.close().await?;
    let mut part = vec![0; PART];
    let mut got = stream.read(&mut part).await?;
    let turn = Instant::now();
    loop {
        let size = stream.read(&mut part).await?;
        if size == 0 {
            break;
        }
        got += size;
    }
    if got != down {
        return Err(format!("perf: {got} bytes came, {down} asked for").into());
    }
    Ok(json!({"up_s": (turn - begin).as_secs_f64(), "down_s": turn.elapsed().as_secs_f64()}))
}
