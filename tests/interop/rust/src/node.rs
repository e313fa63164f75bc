//! The swarm, and the commands. One task owns the swarm; others give it functions to run.
use std::collections::HashMap;
use std::time::{Duration, Instant};

use blake2b_simd::Params;
use futures::StreamExt;
use libp2p::core::transport::{DialOpts, PortUse};
use libp2p::core::{Endpoint, Transport, upgrade::Version};
use libp2p::identity::Keypair;
use libp2p::swarm::{NetworkBehaviour, SwarmEvent, behaviour::toggle::Toggle};
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm, gossipsub, identify, kad, multiaddr, noise, ping, tcp, yamux};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::{Fallible, Options, emit, hex, streams, unhex};

#[derive(NetworkBehaviour)]
pub struct Behaviour {
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    gossip: gossipsub::Behaviour,
    kad: Toggle<kad::Behaviour<kad::store::MemoryStore>>,
    stream: libp2p_stream::Behaviour,
}

#[derive(Default)]
struct Known {
    identified: HashMap<PeerId, identify::Info>,
    round_trips: HashMap<PeerId, Vec<u64>>,
    queries: HashMap<kad::QueryId, oneshot::Sender<Vec<kad::PeerInfo>>>,
}

type Work = Box<dyn FnOnce(&mut Swarm<Behaviour>, &mut Known) + Send>;

pub struct Handle {
    work: mpsc::UnboundedSender<Work>,
    control: libp2p_stream::Control,
    kad_protocol: String,
}

fn key(options: &Options) -> Fallible<Keypair> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&options.seed.to_le_bytes());
    Ok(match options.key.as_str() {
        "ed25519" => Keypair::ed25519_from_bytes(seed)?,
        "secp256k1" => Keypair::generate_secp256k1(),
        "ecdsa" => Keypair::generate_ecdsa(),
        "rsa" => {
            let made = std::process::Command::new("sh")
                .args(["-c", "openssl genrsa 2048 2>/dev/null | openssl pkcs8 -topk8 -nocrypt -outform DER"])
                .output()?;
            Keypair::rsa_from_pkcs8(&mut made.stdout.clone())?
        }
        other => return Err(format!("the key type is {other}, expected ed25519, secp256k1, ecdsa or rsa").into()),
    })
}

/// The name of messages on the topics of Filecoin.
fn message_id(message: &gossipsub::Message) -> gossipsub::MessageId {
    Params::new().hash_length(32).hash(&message.data).as_bytes().to_vec().into()
}

fn behaviour(options: &Options, key: &Keypair) -> Fallible<Behaviour> {
    let config = gossipsub::ConfigBuilder::default()
        .validation_mode(gossipsub::ValidationMode::Strict)
        .message_id_fn(message_id)
        .mesh_n(8)
        .mesh_n_low(6)
        .mesh_n_high(12)
        .gossip_lazy(12)
        .gossip_factor(0.1)
        .history_length(10)
        .max_transmit_size(1 << 20)
        .build()?;
    let own = key.public().to_peer_id();
    let kad = (!options.no_dht).then(|| {
        let name = StreamProtocol::try_from_owned(format!("/fil/kad/{}/kad/1.0.0", options.network)).expect("a slash");
        let mut kad = kad::Behaviour::with_config(own, kad::store::MemoryStore::new(own), kad::Config::new(name));
        kad.set_mode(Some(kad::Mode::Server));
        kad
    });
    Ok(Behaviour {
        identify: identify::Behaviour::new(
            identify::Config::new_with_signed_peer_record("ipfs/0.1.0".into(), key)
                .with_agent_version(options.agent.clone())
                .with_push_listen_addr_updates(true),
        ),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(Duration::from_millis(500))),
        gossip: gossipsub::Behaviour::new(gossipsub::MessageAuthenticity::Signed(key.clone()), config)?,
        kad: kad.into(),
        stream: libp2p_stream::Behaviour::new(),
    })
}

pub async fn start(options: Options) -> Fallible<Handle> {
    let key = key(&options)?;
    let mut swarm = libp2p::SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)?
        .with_behaviour(|key| behaviour(&options, key).expect("the configuration is valid"))?
        .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(3600)))
        .build();
    let mut control = swarm.behaviour().stream.new_control();
    streams::serve(&mut control)?;
    for address in &options.listen {
        swarm.listen_on(address.parse()?)?;
    }
    for topic in &options.topics {
        swarm.behaviour_mut().gossip.subscribe(&gossipsub::IdentTopic::new(topic))?;
    }
    let mut addresses = vec![];
    while addresses.len() < options.listen.len() {
        if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
            addresses.push(address);
        }
    }
    let own = *swarm.local_peer_id();
    for address in &addresses {
        swarm.add_external_address(address.clone());
    }
    let full: Vec<String> = addresses.iter().map(|address| format!("{address}/p2p/{own}")).collect();
    emit("ready", json!({"peer": own.to_string(), "addrs": full, "protocols": [streams::ECHO.as_ref(), "/ipfs/ping/1.0.0"]}));
    let (work, queue) = mpsc::unbounded_channel();
    let kad_protocol = format!("/fil/kad/{}/kad/1.0.0", options.network);
    tokio::spawn(run(swarm, queue, kad_protocol.clone()));
    Ok(Handle { work, control, kad_protocol })
}

async fn run(mut swarm: Swarm<Behaviour>, mut queue: mpsc::UnboundedReceiver<Work>, kad_protocol: String) {
    let mut known = Known::default();
    loop {
        tokio::select! {
            work = queue.recv() => match work {
                Some(work) => work(&mut swarm, &mut known),
                None => return,
            },
            event = swarm.select_next_some() => on_event(&mut swarm, &mut known, event, &kad_protocol),
        }
    }
}

fn on_event(swarm: &mut Swarm<Behaviour>, known: &mut Known, event: SwarmEvent<BehaviourEvent>, kad_protocol: &str) {
    match event {
        SwarmEvent::ConnectionEstablished { peer_id, endpoint, .. } => {
            emit("connected", json!({"peer": peer_id.to_string(), "addr": endpoint.get_remote_address().to_string()}))
        }
        SwarmEvent::ConnectionClosed { peer_id, cause, .. } => {
            emit("disconnected", json!({"peer": peer_id.to_string(), "error": cause.map(|cause| cause.to_string())}))
        }
        SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Received { peer_id, info, .. })) => {
            let protocols: Vec<String> = info.protocols.iter().map(|name| name.to_string()).collect();
            let serves_kad = protocols.iter().any(|name| name == kad_protocol);
            if let (true, Some(kad)) = (serves_kad, swarm.behaviour_mut().kad.as_mut()) {
                for address in &info.listen_addrs {
                    kad.add_address(&peer_id, address.clone());
                }
            }
            emit(
                "identified",
                json!({"peer": peer_id.to_string(), "agent": info.agent_version, "protocols": protocols,
                       "protocol_version": info.protocol_version, "signed_record": info.signed_peer_record.is_some(),
                       "observed": info.observed_addr.to_string()}),
            );
            known.identified.insert(peer_id, info);
        }
        SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Error { peer_id, error, .. })) => {
            emit("identify-failed", json!({"peer": peer_id.to_string(), "error": error.to_string()}))
        }
        SwarmEvent::Behaviour(BehaviourEvent::Ping(ping::Event { peer, result: Ok(time), .. })) => {
            known.round_trips.entry(peer).or_default().push(time.as_micros() as u64)
        }
        SwarmEvent::Behaviour(BehaviourEvent::Gossip(gossipsub::Event::Message {
            propagation_source,
            message_id,
            message,
        })) => emit(
            "message",
            json!({"topic": message.topic.as_str(), "data": hex(&message.data), "id": hex(&message_id.0),
                   "from": message.source.map(|peer| peer.to_string()), "via": propagation_source.to_string(),
                   "local": false}),
        ),
        SwarmEvent::Behaviour(BehaviourEvent::Kad(kad::Event::OutboundQueryProgressed { id, result, step, .. })) => {
            if let kad::QueryResult::GetClosestPeers(found) = result
                && step.last
                && let Some(waits) = known.queries.remove(&id)
            {
                let peers = found.map_or_else(|late| match late {
                    kad::GetClosestPeersError::Timeout { peers, .. } => peers,
                }, |found| found.peers);
                let _ = waits.send(peers);
            }
        }
        _ => {}
    }
}

fn number(command: &Value, name: &str) -> usize {
    command[name].as_u64().unwrap_or(0) as usize
}

impl Handle {
    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Swarm<Behaviour>, &mut Known) -> T + Send + 'static,
    ) -> Fallible<T> {
        let (send, receive) = oneshot::channel();
        self.work
            .send(Box::new(move |swarm, known| drop(send.send(work(swarm, known)))))
            .map_err(|_| "the swarm is gone")?;
        Ok(receive.await?)
    }

    /// Asks again until there is an answer.
    async fn wait_for<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Swarm<Behaviour>, &mut Known) -> Option<T> + Clone + Send + 'static,
    ) -> Fallible<T> {
        for _ in 0..1000 {
            let work = work.clone();
            if let Some(got) = self.call(move |swarm, known| work(swarm, known)).await? {
                return Ok(got);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err("nothing came in 10 s".into())
    }

    pub async fn execute(&self, command: &Value) -> Fallible<Value> {
        let text = |name: &str| command[name].as_str().unwrap_or_default().to_string();
        let peer = text("peer").parse::<PeerId>();
        let (size, count) = (number(command, "size"), number(command, "count"));
        let control = self.control.clone();
        match text("cmd").as_str() {
            "dial" => self.dial(text("addr").parse()?).await,
            "close" => {
                let peer = peer?;
                self.call(move |swarm, _| swarm.disconnect_peer_id(peer)).await?.map_err(|()| "the peer is not connected")?;
                Ok(json!({}))
            }
            "peers" => {
                let peers = self.call(|swarm, _| swarm.connected_peers().map(PeerId::to_string).collect::<Vec<_>>()).await?;
                Ok(json!({"peers": peers}))
            }
            "ping" => self.ping(peer?, count.max(1)).await,
            "identify" => self.identify(peer?).await,
            "support" => {
                let mut control = control;
                let mut incoming = control.accept(StreamProtocol::try_from_owned(text("protocol"))?)?;
                tokio::spawn(async move { while incoming.next().await.is_some() {} });
                Ok(json!({}))
            }
            "echo" => streams::echo(control, peer?, size).await,
            "many" => Ok(streams::many(control, peer?, count, size).await),
            "reset" => streams::reset(control, peer?, size).await,
            "hear_reset" => streams::hear_reset(control, peer?).await,
            "perf" => streams::perf(control, peer?, number(command, "up"), number(command, "down")).await,
            "publish" if command["wrong"].is_string() => Err("wrong messages are not offered by rust-libp2p".into()),
            "publish" => self.publish(text("topic"), unhex(&text("data"))?, count).await,
            "find" => self.find(peer?).await,
            "handshakes" => handshakes(text("addr").parse()?, count, number(command, "parallel").max(1)).await,
            other => Err(format!("unknown command {other}").into()),
        }
    }

    async fn dial(&self, address: Multiaddr) -> Fallible<Value> {
        let Some(multiaddr::Protocol::P2p(peer)) = address.iter().last() else {
            return Err("the address has no peer".into());
        };
        self.call(move |swarm, _| swarm.dial(address)).await??;
        self.wait_for(move |swarm, _| swarm.is_connected(&peer).then_some(())).await?;
        Ok(json!({"peer": peer.to_string()}))
    }

    async fn ping(&self, peer: PeerId, count: usize) -> Fallible<Value> {
        self.call(move |_, known| drop(known.round_trips.remove(&peer))).await?;
        let times = self
            .wait_for(move |_, known| known.round_trips.get(&peer).filter(|times| times.len() >= count).cloned())
            .await?;
        Ok(json!({"rtt_us": times}))
    }

    async fn identify(&self, peer: PeerId) -> Fallible<Value> {
        let info = self.wait_for(move |_, known| known.identified.get(&peer).cloned()).await?;
        let addresses: Vec<String> = info.listen_addrs.iter().map(Multiaddr::to_string).collect();
        let protocols: Vec<String> = info.protocols.iter().map(|name| name.to_string()).collect();
        Ok(json!({"agent": info.agent_version, "protocol_version": info.protocol_version, "protocols": protocols,
                  "addrs": addresses}))
    }

    async fn publish(&self, topic: String, data: Vec<u8>, wanted: usize) -> Fallible<Value> {
        let hash = gossipsub::IdentTopic::new(topic).hash();
        let wanted_topic = hash.clone();
        self.wait_for(move |swarm, _| {
            let peers = swarm.behaviour().gossip.all_peers().filter(|(_, topics)| topics.contains(&&wanted_topic)).count();
            (peers >= wanted).then_some(())
        })
        .await?;
        let id = self.call(move |swarm, _| swarm.behaviour_mut().gossip.publish(hash, data)).await??;
        Ok(json!({"id": hex(&id.0)}))
    }

    async fn find(&self, peer: PeerId) -> Fallible<Value> {
        let (send, receive) = oneshot::channel();
        let started = self
            .call(move |swarm, known| {
                let kad = swarm.behaviour_mut().kad.as_mut()?;
                known.queries.insert(kad.get_closest_peers(peer), send);
                Some(())
            })
            .await?;
        started.ok_or("started without a DHT")?;
        let found = receive.await?;
        let table = self
            .call(|swarm, _| {
                swarm.behaviour_mut().kad.as_mut().map_or(0, |kad| kad.kbuckets().map(|one| one.num_entries()).sum::<usize>())
            })
            .await?;
        let closest: Vec<String> = found.iter().map(|one| one.peer_id.to_string()).collect();
        let addresses: Vec<String> =
            found.iter().filter(|one| one.peer_id == peer).flat_map(|one| &one.addrs).map(Multiaddr::to_string).collect();
        if addresses.is_empty() {
            return Err(format!("the DHT ({}) does not know the peer; closest {closest:?}", self.kad_protocol).into());
        }
        Ok(json!({"addrs": addresses, "closest": closest, "table": table}))
    }
}

/// Opens connections without a swarm: TCP, Noise, Yamux.
async fn handshakes(mut address: Multiaddr, count: usize, parallel: usize) -> Fallible<Value> {
    address.pop();
    let begin = Instant::now();
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..parallel {
        let address = address.clone();
        all.spawn(async move {
            let key = Keypair::generate_ed25519();
            let mut transport = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
                .upgrade(Version::V1)
                .authenticate(noise::Config::new(&key)?)
                .multiplex(yamux::Config::default())
                .boxed();
            for _ in 0..count / parallel {
                let options = DialOpts { role: Endpoint::Dialer, port_use: PortUse::New };
                transport.dial(address.clone(), options)?.await?;
            }
            Fallible::Ok(())
        });
    }
    while let Some(done) = all.join_next().await {
        done??;
    }
    Ok(json!({"per_second": count as f64 / begin.elapsed().as_secs_f64()}))
}
