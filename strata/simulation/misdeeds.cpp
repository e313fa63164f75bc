// The part of SimNode for dishonest nodes: their blocks, and how they disturb others between them.
#include <strata/simulation/sim_node.hpp>

namespace strata::simulation {
namespace {

using namespace std::chrono_literals;

constexpr ChainEpoch kWithheld = 3;   // epochs
constexpr std::uint64_t kAhead = 40;  // seconds
constexpr Nonce kGap = 3;
constexpr std::size_t kGarbage = 64;  // bytes

BlockMsg gossip_form(const chain::FullBlock& block) {
    BlockMsg out{block.header, {}, {}};
    for (const auto& message : block.messages.bls) out.bls_messages.push_back(message.cid());
    for (const auto& message : block.messages.secp) out.secp_messages.push_back(message.cid());
    return out;
}

}  // namespace

void SimNode::publish(const std::string& topic, BytesView data) {
    (void)gossip().publish(topic, data);
}

void SimNode::send(const chain::FullBlock& block) {
    publish(p2p::block_topic(shared_.network.name), to_cbor(gossip_form(block)));
}

chain::FullBlock SimNode::resigned(chain::FullBlock block) const {
    const auto miner = static_cast<std::size_t>(*block.header.miner.as_id() - *miner_address(0).as_id());
    const auto signature = wallet::sign_with(sim_key(shared_.worker_name(miner)), block.header.signing_bytes());
    STRATA_CHECK(signature.has_value());
    block.header.block_sig = *signature;
    return block;
}

// Without its records the filter knows nothing of the blocks that were signed before.
void SimNode::forget_blocks() {
    std::vector<store::Write> batch;
    const auto read = meta_.for_each("producer/", [&](std::string_view key, BytesView) -> Result<bool> {
        batch.push_back({std::string(key), std::nullopt});
        return true;
    });
    STRATA_CHECK(read.has_value());
    STRATA_CHECK(meta_.write(batch).has_value());
}

void SimNode::misbehave(chain::FullBlock block) {
    last_ = block;
    auto& header = block.header;
    const auto due = Instant(1'000 * static_cast<std::int64_t>(header.timestamp - SimNetwork::kGenesisTime));
    const auto wait = std::max(Instant(0), due - queue_.now());
    const auto in = [&](Instant time, chain::FullBlock what, bool is_valid) {
        hooks_.on_made(config_.number, what.header, is_valid);
        later(time, time)([this, what = std::move(what)] { send(what); });
    };
    switch (config_.misdeed) {
        case Misdeed::equivocate:
            in(wait, block, true);
            ++header.fork_signaling;
            return in(wait, resigned(std::move(block)), true);
        case Misdeed::withhold: {
            const auto delay = static_cast<std::int64_t>(shared_.network.block_delay) * kWithheld;
            return in(wait + std::chrono::seconds(delay), std::move(block), true);
        }
        case Misdeed::bad_root:
            header.parent_state_root = header.messages;
            return in(wait, resigned(std::move(block)), false);
        case Misdeed::bad_proof:
            header.win_post_proof.front().bytes.push_back(1);
            return in(wait, resigned(std::move(block)), false);
        case Misdeed::bad_signature:
            header.block_sig->data.back() ^= 1;
            return in(wait, std::move(block), false);
        case Misdeed::future:
            in(0ms, block, true);
            header.timestamp += kAhead;
            return in(wait, resigned(std::move(block)), false);
        case Misdeed::stranger:
            hooks_.on_made(config_.number, header, false);
            return submit(block);
        case Misdeed::none:
        case Misdeed::spam:
        case Misdeed::flood:
        case Misdeed::liar:
        case Misdeed::slow_reader:
        case Misdeed::eclipse:
            hooks_.on_made(config_.number, header, true);
            return submit(block);
    }
}

void SimNode::disturb() {
    const auto& name = shared_.network.name;
    if (config_.misdeed == Misdeed::spam && queue_.random().below(5) == 0) {
        const auto garbage = queue_.random().bytes<kGarbage>();
        for (const auto& topic : {p2p::block_topic(name), p2p::message_topic(name)}) publish(topic, garbage);
    }
    if (config_.misdeed == Misdeed::flood) {
        send_block_without_parents();
        send_message_with_gap();
    }
}

// The signature and the miner's power are right, so the door passes it on; the parents do not exist.
void SimNode::send_block_without_parents() {
    if (!last_) return;
    auto block = *last_;
    const auto head = life_->chain->head()->height();
    block.header.parents = {Cid::hash_of(Codec::dag_cbor, queue_.random().bytes<32>())};
    block.header.height = head + 1 - static_cast<ChainEpoch>(queue_.random().below(3));
    if (block.header.height <= 0) return;
    block.header.timestamp = shared_.network.timestamp_at(block.header.height);
    block.header.parent_weight += BigInt(1'000'000);
    block = resigned(std::move(block));
    hooks_.on_made(config_.number, block.header, false);
    send(block);
}

void SimNode::send_message_with_gap() {
    const auto worker = shared_.worker_name(config_.miners.front());
    SignedMessage out;
    out.message = {.version = 0,
                   .to = sim_address("client"),
                   .from = sim_address(worker),
                   .nonce = kGap + queue_.random().below(1'000),
                   .value = TokenAmount(queue_.random().below(1'000)),
                   .gas_limit = 10'000'000,
                   .gas_fee_cap = BigInt(1'000'000'000),
                   .gas_premium = BigInt(1'000),
                   .method = 0,
                   .params = {}};
    const auto signature = wallet::sign_with(sim_key(worker), out.message.cid().bytes());
    STRATA_CHECK(signature.has_value());
    out.signature = *signature;
    publish(p2p::message_topic(shared_.network.name), to_cbor(out));
}

}  // namespace strata::simulation
