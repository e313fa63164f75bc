#include <strata/chain/consensus.hpp>

#include <strata/chain/chain_externs.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/miner_view.hpp>

namespace strata::chain {
namespace {

// Source: node.md §8.1, §8.2.
constexpr std::uint64_t kClockDrift = 1;        // seconds
constexpr ChainEpoch kEpochsAhead = 5;          // more than that is no clock that runs fast
constexpr ChainEpoch kFreshHead = 6 * 60 * 60;  // seconds
constexpr std::size_t kBadBlocks = 32'768;
constexpr std::size_t kSeenBlocks = 8'192;
// Ours: five are expected in a tipset, and ten thousand messages are allowed in each.
constexpr std::size_t kMostParents = 100;
constexpr std::size_t kFutureBlocks = 64;

Error bad(const std::string& what) {
    return fail(Errc::verification, "block: " + what);
}

std::string valid_prefix(ChainEpoch height) {
    return "chain/valid/" + std::to_string(height) + "/";
}
std::string valid_key(const BlockHeader& header) {
    return valid_prefix(header.height) + header.cid().to_string();
}

// The header names exactly these messages; nothing of theirs was looked at.
Status check_messages_named(const FullBlock& block) {
    if (block.messages.bls.size() + block.messages.secp.size() > kBlockMessageLimit) return bad("too many messages");
    std::vector<Cid> bls;
    std::vector<Cid> secp;
    for (const auto& message : block.messages.bls) bls.push_back(message.cid());
    for (const auto& message : block.messages.secp) secp.push_back(message.cid());
    STRATA_TRY(const Cid listed, msg_meta_cid(bls, secp));
    return listed == block.header.messages ? Status{} : bad("it names other messages");
}

// What can be said of a header alone, before its parents are asked for.
Status check_header_alone(const BlockHeader& header) {
    if (!header.ticket || !header.election_proof || !header.block_sig || !header.bls_aggregate)
        return bad("a proof, the ticket or a signature is missing");
    if (!header.miner.as_id()) return bad("the miner is not an ID address");
    if (header.parents.empty() || header.parents.size() > kMostParents) return bad("number of parents");
    return {};
}

}  // namespace

Result<std::vector<FullBlock>> NoPeers::blocks_of(const TipsetKey& key) {
    return fail(Errc::not_found, "no peer to ask for " + key.to_string());
}

void Consensus::on_head(HeadListener listener) {
    const std::lock_guard lock(mutex_);
    listeners_.push_back(std::move(listener));
}

std::optional<std::string> Consensus::bad_reason(const Cid& block) const {
    const std::lock_guard lock(mutex_);
    const auto it = bad_.find(block);
    return it == bad_.end() ? std::nullopt : std::optional(it->second);
}

Status Consensus::mark_bad(const Cid& block, const std::string& reason) {
    if (bad_.emplace(block, reason).second) {
        bad_order_.push_back(block);
        if (bad_order_.size() > kBadBlocks) {
            bad_.erase(bad_order_.front());
            bad_order_.pop_front();
        }
    }
    return fail(Errc::verification, reason);
}

Result<bool> Consensus::is_validated(const BlockHeader& header) {
    if (header.height == 0) return header.cid() == chain_.genesis()->cids()[0];
    STRATA_TRY(const auto mark, chain_.meta().get(valid_key(header)));
    return mark.has_value();
}

Result<bool> Consensus::is_validated(const Tipset& tipset) {
    for (const auto& block : tipset.blocks()) {
        STRATA_TRY(const bool valid, is_validated(block));
        if (!valid) return false;
    }
    return true;
}

Status Consensus::trust(const Tipset& tipset) {
    for (const auto& block : tipset.blocks()) STRATA_OK(chain_.meta().put(valid_key(block), {}));
    return {};
}

Status Consensus::receive(const FullBlock& block, std::uint64_t now, BlockSource& peers) {
    const std::lock_guard lock(mutex_);
    return receive_locked(block, now, peers);
}

Status Consensus::advance(std::uint64_t now, BlockSource& peers) {
    const std::lock_guard lock(mutex_);
    auto waiting = std::exchange(future_, {});
    for (const auto& block : waiting) {
        const auto taken = receive_locked(block, now, peers);  // one that is still too early goes back
        if (!taken && taken.error().is_fatal()) return taken;
    }
    return {};
}

Status Consensus::check_cheap(const FullBlock& block, std::uint64_t now) {
    const BlockHeader& header = block.header;
    const Network& network = states_.network();
    STRATA_OK(check_header_alone(header));
    const std::uint64_t age = now > network.genesis_timestamp ? now - network.genesis_timestamp : 0;
    const auto newest = static_cast<ChainEpoch>(age / network.block_delay) + kEpochsAhead;
    if (header.height <= chain_.head()->height() - kFinality || header.height <= 0 || header.height > newest)
        return fail(Errc::out_of_range, "block: height " + std::to_string(header.height));
    return check_messages_named(block);
}

Status Consensus::receive_locked(const FullBlock& block, std::uint64_t now, BlockSource& peers) {
    const Cid cid = block.header.cid();
    if (const auto it = bad_.find(cid); it != bad_.end()) return fail(Errc::verification, it->second);
    STRATA_TRY(const bool known, is_validated(block.header));
    if (known) return choose_head(block.header.height);
    STRATA_OK(check_cheap(block, now));
    if (block.header.timestamp > now + kClockDrift) {
        if (future_.size() == kFutureBlocks) future_.pop_front();
        future_.push_back(block);
        return fail(Errc::busy, "block: of the future");
    }
    if (block.header.parent_weight < chain_.head()->parent_weight()) return {};

    STRATA_TRY(const auto ancestors, missing_ancestors(block.header, peers));
    for (const auto& tipset : ancestors) {
        for (const auto& header : tipset->blocks()) {
            const auto valid = validate(header);
            if (!valid && !valid.error().is_fatal())
                return mark_bad(cid, "an ancestor is bad: " + valid.error().message());
            STRATA_OK(valid);
        }
        STRATA_OK(choose_head(tipset->height()));
    }
    STRATA_TRY(const Cid listed, chain_.put_messages(block.messages));
    STRATA_CHECK(listed == block.header.messages);
    STRATA_TRY(const Cid stored, chain_.put_header(block.header));
    STRATA_CHECK(stored == cid);
    STRATA_OK(validate(block.header));
    return choose_head(block.header.height);
}

// From the oldest; empty if the parents are validated. Heights fall strictly, so the walk ends.
Result<std::vector<TipsetPtr>> Consensus::missing_ancestors(const BlockHeader& block, BlockSource& peers) {
    std::vector<TipsetPtr> out;
    TipsetKey key(block.parents);
    ChainEpoch below = block.height;
    for (;;) {
        STRATA_TRY(const auto tipset, fetch(key, peers));
        if (tipset->height() >= below) return mark_bad(block.cid(), "block: not above its parents").error();
        STRATA_TRY(const bool valid, is_validated(*tipset));
        if (valid) break;
        for (const Cid& cid : tipset->cids())
            if (const auto it = bad_.find(cid); it != bad_.end())
                return mark_bad(block.cid(), "an ancestor is bad: " + it->second).error();
        if (tipset->height() <= std::max<ChainEpoch>(0, chain_.head()->height() - kFinality))
            return fail(Errc::out_of_range, "block: a fork behind finality");
        out.push_back(tipset);
        below = tipset->height();
        key = tipset->parents();
    }
    std::ranges::reverse(out);
    return out;
}

// From the store or from peers; what peers give is what was asked for, and no more is known of it.
Result<TipsetPtr> Consensus::fetch(const TipsetKey& key, BlockSource& peers) {
    STRATA_TRY(const bool here, chain_.has_tipset(key));
    if (here) return chain_.tipset(key);
    STRATA_TRY(const auto blocks, peers.blocks_of(key));
    if (blocks.size() != key.cids().size()) return fail(Errc::not_found, "peers gave another number of blocks");
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto& block = blocks[i];
        if (block.header.cid() != key.cids()[i]) return fail(Errc::not_found, "peers gave another block");
        STRATA_OK(check_header_alone(block.header));
        STRATA_OK(check_messages_named(block));
    }
    // Headers last: a header in the store has its messages there.
    for (const auto& block : blocks) STRATA_OK(chain_.put_messages(block.messages));
    for (const auto& block : blocks) STRATA_OK(chain_.put_header(block.header));
    return chain_.tipset(key);
}

Status Consensus::validate(const BlockHeader& block) {
    STRATA_TRY(const bool known, is_validated(block));
    if (known) return {};
    const auto check = [&]() -> Status {
        STRATA_TRY(const auto parent, chain_.tipset(TipsetKey(block.parents)));
        STRATA_TRY(const auto result, states_.state_after(parent));
        return rules_.check(block, result);
    };
    const auto checked = check();
    if (!checked) return checked.error().is_fatal() ? checked : mark_bad(block.cid(), checked.error().message());
    return chain_.meta().put(valid_key(block), {});
}

void Consensus::remember_seen(const Cid& block) {
    seen_.insert(block);
    seen_order_.push_back(block);
    if (seen_order_.size() <= kSeenBlocks) return;
    seen_.erase(seen_order_.front());
    seen_order_.pop_front();
}

// Eligible as our head sees it, and the signature is its worker's. Errors: whatever keeps us from knowing.
Result<bool> Consensus::is_known_miner(const BlockHeader& header) {
    const auto head = chain_.head();
    STRATA_TRY(const auto lookback, lookback_for(chain_, head, header.height));
    STRATA_TRY(const bool eligible, rules_.is_eligible(head, lookback.tipset, header.miner));
    if (!eligible) return false;
    STRATA_TRY(auto state, vm::StateTree::load(chain_.blocks(), lookback.state_root));
    STRATA_TRY(const auto miner, load_miner(state, header.miner));
    return verify_signature(*header.block_sig, miner.worker_key, header.signing_bytes()).has_value();
}

Verdict Consensus::check_gossip(const FullBlock& block, std::uint64_t now) {
    const std::lock_guard lock(mutex_);
    const Cid cid = block.header.cid();
    if (seen_.contains(cid)) return Verdict::ignore;
    if (bad_.contains(cid)) return Verdict::reject;
    if (const auto cheap = check_cheap(block, now); !cheap)
        return cheap.error().code() == Errc::verification ? Verdict::reject : Verdict::ignore;
    if (block.header.election_proof->win_count < 1) return Verdict::reject;
    const auto known = is_known_miner(block.header);
    if (!known) return Verdict::ignore;
    // An old head may not know the miner yet.
    const auto head_time = chain_.head()->min_timestamp() + static_cast<std::uint64_t>(kFreshHead);
    if (!*known) return now < head_time ? Verdict::reject : Verdict::ignore;
    remember_seen(cid);
    return Verdict::accept;
}

}  // namespace strata::chain
