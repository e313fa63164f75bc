#include <strata/chain/block_rules.hpp>

#include <array>
#include <functional>

#include <strata/actors/miner/types.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/base/thread_pool.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/chain_externs.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/election.hpp>
#include <strata/chain/eligibility.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/randomness.hpp>
#include <strata/chain/weight.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

Error wrong(const std::string& what) {
    return fail(Errc::verification, "block: " + what);
}

Result<vm::StateTree> state_at(ChainStore& chain, const Cid& root) {
    return vm::StateTree::load(chain.blocks(), root);
}

// The types of proofs are numbered by sector size: 0 to 4 for winning proofs, 5 to 9 and 10 to 14 for window proofs
// (docs/protocol/fvm.md §1.11).
RegisteredPoStProof winning_proof_for(RegisteredPoStProof window) {
    return static_cast<RegisteredPoStProof>(static_cast<std::int64_t>(window) % 5);
}

void for_each_index(std::size_t count, const std::function<void(std::size_t)>& body) {
    parallel_for(count, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) body(i);
    });
}

bool is_valid_vrf(const Address& key, const Hash256& randomness, BytesView proof) {
    return key.protocol() == Address::Protocol::bls && crypto::bls::verify(key.payload(), randomness, proof);
}

}  // namespace

/// A block together with the values that its rules read.
struct BlockRules::Context {
    const BlockHeader& block;
    TipsetPtr parent;
    Lookback lookback;
    actors::read::Miner miner;  // the miner in the lookback state
    Address worker_key;         // the key address (f3) of its worker
    BeaconEntry previous_entry;
    const Bytes& beacon() const {
        return block.beacon_entries.empty() ? previous_entry.data : block.beacon_entries.back().data;
    }
};

Status check_header_alone(const BlockHeader& block) {
    if (!block.election_proof) return wrong("the election proof is missing");
    if (!block.ticket) return wrong("the ticket is missing");
    if (!block.block_sig) return wrong("the signature is missing");
    if (!block.bls_aggregate) return wrong("the aggregate signature is missing");
    if (const auto wire = block.check_decoded(); !wire) return wrong(wire.error().message());
    if (!block.miner.as_id()) return wrong("the miner is " + block.miner.to_string() + ", expected an ID address");
    if (block.parents.empty() || block.parents.size() > kMaxParents)
        return wrong("it has " + std::to_string(block.parents.size()) + " parents, expected 1 to " +
                     std::to_string(kMaxParents));
    if (block.height <= 0) return wrong("height is " + std::to_string(block.height) + ", expected at least 1");
    return {};
}

Status check_link(const Network& network, const BlockHeader& block, const Tipset& parent) {
    if (block.height <= parent.height())
        return wrong("height is " + std::to_string(block.height) + ", expected more than " +
                     std::to_string(parent.height()) + ", the height of its parents");
    const auto epochs = static_cast<std::uint64_t>(block.height - parent.height());
    const std::uint64_t timestamp = parent.min_timestamp() + network.block_delay * epochs;
    if (block.timestamp != timestamp)
        return wrong("timestamp is " + std::to_string(block.timestamp) + ", expected " + std::to_string(timestamp));
    // A tipset never lowers the weight of its chain.
    if (block.parent_weight < parent.parent_weight())
        return wrong("parent weight is " + block.parent_weight.to_string() + ", expected at least " +
                     parent.parent_weight().to_string());
    return {};
}

Status check_messages_named(const BlockHeader& block, const BlockMessages& messages) {
    const std::size_t count = messages.bls.size() + messages.secp.size();
    if (count > kBlockMessageLimit)
        return wrong("it has " + std::to_string(count) + " messages, expected at most " +
                     std::to_string(kBlockMessageLimit));
    std::vector<Cid> bls;
    std::vector<Cid> secp;
    for (const auto& message : messages.bls) bls.push_back(message.cid());
    for (const auto& message : messages.secp) secp.push_back(message.cid());
    STRATA_TRY(const Cid listed, msg_meta_cid(bls, secp));
    if (listed == block.messages) return {};
    return wrong("the CID of the messages that came with it is " + listed.to_string() + ", expected " +
                 block.messages.to_string() + " as in its header");
}

Status BlockRules::check_parents(const Context& c) {
    const auto& parent = *c.parent;
    const auto& block = c.block;
    STRATA_OK(check_link(network_, block, parent));
    STRATA_TRY(const auto weight, chain_weight(chain_, parent));
    if (block.parent_weight != weight)
        return wrong("parent weight is " + block.parent_weight.to_string() + ", expected " + weight.to_string());
    STRATA_TRY(const auto base_fee, base_fee_after(chain_, network_, parent));
    if (block.parent_base_fee != base_fee)
        return wrong("base fee is " + block.parent_base_fee.to_string() + ", expected " + base_fee.to_string());
    return check_beacon_entries(network_, block, parent.height(), c.previous_entry);
}

Status BlockRules::check_election(const Context& c) {
    const auto& block = c.block;
    const std::int64_t claimed = block.election_proof->win_count;
    if (claimed < 1) return wrong("win count is " + std::to_string(claimed) + ", expected at least 1");
    STRATA_TRY(const bool eligible, is_eligible(chain_.blocks(), network_, *c.parent, *c.lookback.tipset, block.miner));
    if (!eligible)
        return wrong(
            "miner " + block.miner.to_string() +
            " is not eligible to mine: its power is too low, or it has a fee debt or a recent consensus fault");
    const auto& proof = block.election_proof->vrf_proof;
    if (!is_valid_vrf(c.worker_key, election_randomness(c.beacon(), block.miner, block.height), proof))
        return wrong("the election proof is not that of worker " + c.worker_key.to_string() + " for epoch " +
                     std::to_string(block.height));
    STRATA_TRY(auto state, state_at(chain_, c.lookback.state_root));
    STRATA_TRY(const auto power, actors::read::Power::load(state));
    STRATA_TRY(const auto claim, power.claim(block.miner));
    if (!claim || power.quality_adjusted().sign() <= 0)
        return wrong("miner " + block.miner.to_string() + " has no power in the lookback state");
    const auto wins = win_count(proof, claim->quality_adjusted, power.quality_adjusted());
    if (wins != claimed) return wrong("win count is " + std::to_string(claimed) + ", expected " + std::to_string(wins));
    return {};
}

Status BlockRules::check_ticket(const Context& c) {
    const auto& block = c.block;
    const auto& parent_ticket = c.parent->min_ticket_block().ticket;
    const Hash256 ticket =
        ticket_randomness(c.beacon(), block.miner, block.height, parent_ticket ? parent_ticket->vrf_proof : Bytes{});
    if (!is_valid_vrf(c.worker_key, ticket, block.ticket->vrf_proof))
        return wrong("the ticket is not that of worker " + c.worker_key.to_string() + " for epoch " +
                     std::to_string(block.height));
    return {};
}

Status BlockRules::check_winning_post(const Context& c) {
    const auto& proofs = c.block.win_post_proof;
    if (network_.stub_winning_post) {
        if (!proofs.empty() && as_text(proofs[0].bytes) == kStubWinningProof) return {};
        return wrong("the winning proof is not \"" + std::string(kStubWinningProof) + "\", the stub of this network");
    }
    const Hash256 randomness = winning_post_randomness(c.beacon(), c.block.miner, c.block.height);
    STRATA_TRY(const auto sector, winning_sector(c.miner, randomness));
    STRATA_TRY(const auto info, c.miner.info());
    if (proofs.size() != 1) return wrong("it has " + std::to_string(proofs.size()) + " winning proofs, expected 1");
    if (const auto kind = winning_proof_for(info.window_post_proof_type); proofs[0].proof != kind)
        return wrong("the type of the winning proof is " + std::to_string(static_cast<std::int64_t>(proofs[0].proof)) +
                     ", expected " + std::to_string(static_cast<std::int64_t>(kind)));
    if (winning_post_ == nullptr) return {};
    const WindowPoStVerifyInfo statement{
        .randomness = to_bytes(randomness), .proofs = proofs, .challenged_sectors = {sector}, .prover = c.miner.id()};
    const Result<bool> proven = winning_post_->verify_winning_post(statement);
    // A proof that this node cannot check, because a key is missing, says nothing about the block.
    if (!proven)
        return fail(proven.error().is_fatal() ? proven.error().code() : Errc::io,
                    "the winning proof cannot be checked on this node: " + proven.error().message());
    return *proven ? Status{}
                   : wrong("the winning proof for sector " + std::to_string(sector.number) + " does not verify");
}

// Checks everything up to the signature: after it, the block is known to come from the worker of its miner.
Result<BlockRules::Context> BlockRules::check_signed(const BlockHeader& block) {
    STRATA_OK(check_header_alone(block));
    STRATA_TRY(auto parent, chain_.tipset(TipsetKey(block.parents)));
    // The link is checked before the lookback, because a header with a distant height could make the lookback execute a
    // tipset.
    STRATA_OK(check_link(network_, block, *parent));
    STRATA_TRY(auto previous_entry, latest_beacon_entry(chain_, parent));
    STRATA_TRY(auto lookback, lookback_for(chain_, parent, block.height, state_after_));
    STRATA_TRY(auto lookback_state, state_at(chain_, lookback.state_root));
    STRATA_TRY(auto miner, actors::read::Miner::load(lookback_state, block.miner));
    STRATA_TRY(auto key, actors::read::worker_key(lookback_state, miner));
    Context context{.block = block,
                    .parent = std::move(parent),
                    .lookback = std::move(lookback),
                    .miner = std::move(miner),
                    .worker_key = std::move(key),
                    .previous_entry = std::move(previous_entry)};
    STRATA_OK(check_parents(context));
    if (auto signature = verify_signature(*block.block_sig, context.worker_key, block.signing_bytes()); !signature)
        return std::move(signature).error().with_context("block: signature of worker " +
                                                         context.worker_key.to_string());
    return context;
}

std::vector<Status> BlockRules::check_headers(std::span<const BlockHeader> blocks) {
    std::vector<Status> verdicts(blocks.size());
    std::vector<std::optional<Context>> contexts(blocks.size());
    for_each_index(blocks.size(), [&](std::size_t i) {
        auto context = check_signed(blocks[i]);
        if (context)
            contexts[i].emplace(std::move(*context));
        else
            verdicts[i] = std::move(context).error();
    });
    constexpr std::array dear{&BlockRules::check_election, &BlockRules::check_ticket, &BlockRules::check_winning_post};
    std::vector<Status> results(blocks.size() * dear.size());
    for_each_index(results.size(), [&](std::size_t i) {
        if (const auto& context = contexts[i / dear.size()]) results[i] = (this->*dear[i % dear.size()])(*context);
    });
    for (std::size_t i = 0; i < results.size(); ++i)
        if (Status& verdict = verdicts[i / dear.size()]; verdict) verdict = std::move(results[i]);
    return verdicts;
}

Status BlockRules::check_header(const BlockHeader& block) {
    return std::move(check_headers({&block, 1}).front());
}

Status BlockRules::check_roots(const BlockHeader& block, const TipsetState& result) {
    if (block.parent_state_root != result.state_root)
        return wrong("state root is " + block.parent_state_root.to_string() + ", but execution gives " +
                     result.state_root.to_string());
    if (block.parent_message_receipts != result.receipts_root)
        return wrong("receipts root is " + block.parent_message_receipts.to_string() + ", but execution gives " +
                     result.receipts_root.to_string());
    return {};
}

Status BlockRules::check_body(const BlockHeader& block, const BlockMessages& messages, const TipsetState& result) {
    STRATA_OK(check_roots(block, result));
    STRATA_TRY(auto state, state_at(chain_, result.state_root));
    return check_block_messages(network_, block, messages, state);
}

Status BlockRules::check(const BlockHeader& block, const TipsetState& result) {
    STRATA_OK(check_roots(block, result));
    STRATA_OK(check_header(block));
    STRATA_TRY(const auto messages, chain_.messages(block));
    return check_body(block, messages, result);
}

}  // namespace strata::chain
