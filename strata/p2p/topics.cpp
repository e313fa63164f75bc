#include <strata/p2p/topics.hpp>

#include <strata/base/log.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::p2p {
namespace {

using namespace std::chrono_literals;
using net::GossipVerdict;

const Log kLog("p2p");

// Scores: docs/protocol/node.md §16 (lotus node/modules/lp2p/pubsub.go).
constexpr double kBootstrapScore = 2'500;

net::TopicScoreConfig block_score() {
    return {.weight = 0.1,
            .mesh_time_weight = 0.00027,
            .mesh_time_quantum = 1s,
            .mesh_time_cap = 1,
            .first_weight = 5,
            .first_decay = net::gossip_decay(1h),
            .first_cap = 100,
            .invalid_weight = -1'000,
            .invalid_decay = net::gossip_decay(1h)};
}

net::TopicScoreConfig message_score() {
    auto out = block_score();
    out.mesh_time_weight = 0.0002778;
    out.first_weight = 0.5;
    out.first_decay = net::gossip_decay(10min);
    return out;
}

net::MessageName name_of(const net::GossipMessage& message) {
    return to_bytes(crypto::blake2b_256(message.data.value_or(Bytes())));
}

GossipVerdict gossip_verdict(chain::Verdict verdict) {
    switch (verdict) {
        case chain::Verdict::accept:
            return GossipVerdict::accept;
        case chain::Verdict::ignore:
            return GossipVerdict::ignore;
        case chain::Verdict::reject:
            break;
    }
    return GossipVerdict::reject;
}

net::GossipConfig gossip_config(const TopicsConfig& config) {
    net::GossipConfig out;
    out.sequence = static_cast<std::uint64_t>(config.unix_time().count());
    out.score.app_score = [is_bootstrap = config.is_bootstrap](const net::PeerId& peer) {
        return is_bootstrap(peer) ? kBootstrapScore : 0;
    };
    return out;
}

BlockMsg gossip_form(const chain::FullBlock& block) {
    BlockMsg out{block.header, {}, {}};
    for (const auto& message : block.messages.bls) out.bls_messages.push_back(message.cid());
    for (const auto& message : block.messages.secp) out.secp_messages.push_back(message.cid());
    return out;
}

/// Reads a signed message. The reference's decoder does not look at what follows it, so bytes there are not to be
/// blamed on the peer, although this node does not take such a message (lotus chain/types/signedmessage.go).
Result<SignedMessage> read_message(BytesView data, bool& is_lax) {
    CborReader reader(data);
    SignedMessage out;
    STRATA_OK(decode(reader, out));
    is_lax = !reader.done();
    return out;
}

}  // namespace

std::string block_topic(std::string_view network) {
    return "/fil/blocks/" + std::string(network);
}
std::string message_topic(std::string_view network) {
    return "/fil/msgs/" + std::string(network);
}

Topics::Topics(net::Swarm& swarm, chain::Peer& chain, TopicsConfig config)
    : chain_(chain),
      config_(std::move(config)),
      block_topic_(block_topic(config_.network)),
      message_topic_(message_topic(config_.network)),
      gossip_(swarm, gossip_config(config_)) {
    gossip_.add_topic(block_topic_, {.name = name_of,
                                     .validate = [this](const auto& delivery) { return on_block(delivery); },
                                     .score = block_score()});
    gossip_.add_topic(message_topic_, {.name = name_of,
                                       .validate = [this](const auto& delivery) { return on_message(delivery); },
                                       .score = message_score()});
    STRATA_CHECK(gossip_.subscribe(block_topic_).has_value());
    on_time();
    // The chain may call these after the end of this object, so they use nothing of it but inside posted work.
    chain_.on_block([this, post = config_.post](const chain::FullBlock& block) {
        post([this, data = to_cbor(gossip_form(block))] { send(block_topic_, data); });
    });
    chain_.on_message([this, post = config_.post](const SignedMessage& message) {
        post([this, data = to_cbor(message)] { send(message_topic_, data); });
    });
}

void Topics::on_time() {
    if (has_messages_ || !config_.wants_messages()) return;
    has_messages_ = true;
    STRATA_CHECK(gossip_.subscribe(message_topic_).has_value());
}

void Topics::send(const std::string& topic, BytesView data) {
    const auto sent = gossip_.publish(topic, data);
    if (!sent)
        kLog.warning("this node's own gossip was not sent", {{"topic", topic}, {"reason", sent.error().message()}});
}

std::uint64_t Topics::now() const {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(config_.unix_time()).count());
}

Topics::Verdict Topics::on_block(const net::GossipDelivery& delivery) {
    config_.check_block([this, arrived = config_.unix_time(), ticket = delivery.ticket, from = delivery.via,
                         data = to_bytes(delivery.data)] {
        const auto verdict = take_block(data, from.to_string(), arrived);
        if (verdict == GossipVerdict::accept) config_.post([this, from] { config_.on_useful(from); });
        settle(ticket, verdict, blocks_);
    });
    return std::nullopt;
}

Topics::Verdict Topics::on_message(const net::GossipDelivery& delivery) {
    if (judging_messages_ >= config_.judged_messages) {
        ++messages_.dropped;
        return GossipVerdict::ignore;
    }
    ++judging_messages_;
    config_.check_message([this, ticket = delivery.ticket, data = to_bytes(delivery.data)] {
        const auto verdict = take_message(data);
        config_.post([this] { --judging_messages_; });
        settle(ticket, verdict, messages_);
    });
    return std::nullopt;
}

void Topics::settle(std::uint64_t ticket, GossipVerdict verdict, TopicsCounts& counts) {
    ++(verdict == GossipVerdict::accept   ? counts.accepted
       : verdict == GossipVerdict::ignore ? counts.ignored
                                          : counts.rejected);
    config_.post([this, ticket, verdict] { gossip_.judge(ticket, verdict); });
}

GossipVerdict Topics::take_block(BytesView data, const chain::PeerName& from, std::chrono::nanoseconds arrived) {
    const auto block = from_cbor<BlockMsg>(data);
    if (!block) {
        static LogLimit limit;
        kLog.limited(limit, LogLevel::info, "a block of gossip cannot be decoded",
                     {{"peer", from}, {"reason", block.error().message()}});
        return GossipVerdict::reject;
    }
    const auto decision = chain_.check_block(*block, now());
    if (decision.verdict != chain::Verdict::accept) {
        kLog.debug("a block of gossip is not passed on", {{"peer", from}, {"reason", decision.reason}});
        return gossip_verdict(decision.verdict);
    }
    config_.on_new_block(block->header.height, arrived);
    const auto taken = chain_.receive_block(*block, now(), from);
    static LogLimit limit;
    if (!taken && taken.error().code() != Errc::busy)
        kLog.limited(limit, LogLevel::info, "a block of gossip is not followed",
                     {{"peer", from}, {"reason", taken.error().message()}});
    config_.wake();
    return GossipVerdict::accept;
}

GossipVerdict Topics::take_message(BytesView data) {
    bool is_lax = false;
    const auto message = read_message(data, is_lax);
    if (!message) return GossipVerdict::reject;
    if (is_lax) return GossipVerdict::ignore;
    const auto decision = chain_.receive_message(*message);
    if (decision) return gossip_verdict(decision->verdict);
    static LogLimit limit;
    kLog.limited(limit, LogLevel::warning, "this node cannot check a message",
                 {{"reason", decision.error().message()}});
    return GossipVerdict::ignore;
}

}  // namespace strata::p2p
