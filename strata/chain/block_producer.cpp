#include <strata/chain/block_producer.hpp>

#include <strata/actors/read/miner.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/chain_externs.hpp>
#include <strata/chain/election.hpp>
#include <strata/chain/eligibility.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/randomness.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/chain/weight.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/vm/machine.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::chain {
namespace {

// Selects the offered messages that a block of `epoch` may hold (docs/protocol/node.md §8.3); the others are left out.
class Filter {
  public:
    Filter(const Network& network, ChainEpoch epoch, SignatureCache& signatures, vm::StateTree& state,
           const vm::Manifest& manifest)
        : network_(network), epoch_(epoch), signatures_(signatures), state_(state), manifest_(manifest) {}

    /// Returns true, and counts the message, if the block may hold it.
    Result<bool> admit(const SignedMessage& signed_message) {
        const Message& message = signed_message.message;
        if (count_ == kBlockMessageLimit) return false;
        if (!check_message_syntax(network_, epoch_, message, signed_message.chain_length())) return false;
        if (gas_ + message.gas_limit > kBlockGasLimit) return false;
        const auto sender = sender_account(state_, manifest_, message.from);
        if (!sender && sender.error().is_fatal()) return sender.error();
        // Signatures of pool messages were verified when they arrived, so this usually hits the cache.
        if (!sender || !signatures_.check(network_, signed_message, sender->key)) return false;
        const auto [it, first] = nonces_.try_emplace(sender->id, sender->nonce);
        if (it->second != message.nonce) return false;
        ++it->second;
        ++count_;
        gas_ += message.gas_limit;
        return true;
    }

  private:
    const Network& network_;
    const ChainEpoch epoch_;
    SignatureCache& signatures_;
    vm::StateTree& state_;
    const vm::Manifest& manifest_;
    std::map<ActorId, Nonce> nonces_;
    std::int64_t gas_ = 0;
    std::size_t count_ = 0;
};

Result<Signature> aggregate(const std::vector<crypto::bls::Signature>& signatures) {
    STRATA_TRY(const auto sum, crypto::bls::aggregate(signatures));
    return Signature{Signature::Type::bls, to_bytes(sum)};
}

}  // namespace

Result<std::vector<PoStProof>> StubWinningProver::prove_winning(const Address&, const Hash256&, const PoStSectorInfo&) {
    return std::vector{PoStProof{RegisteredPoStProof{0}, to_bytes(as_bytes(kStubWinningProof))}};
}

BlockProducer::BlockProducer(LocalChain& node, wallet::Wallet& wallet, BeaconSource& beacon, WinningProver& prover)
    : node_(node), wallet_(wallet), beacon_(beacon), prover_(prover), slash_filter_(node.chain().meta()) {}

Result<Bytes> BlockProducer::vrf(const Address& worker, const Hash256& randomness) {
    STRATA_TRY(auto signature, wallet_.sign(worker, randomness));
    return std::move(signature.data);
}

Result<std::vector<BeaconEntry>> BlockProducer::new_entries(const TipsetPtr& base, const BeaconEntry& previous,
                                                            ChainEpoch epoch) {
    std::vector<BeaconEntry> entries;
    std::optional<Error> waits;
    for (const auto round : beacon_rounds(node_.network(), base->height(), epoch, previous.round)) {
        auto entry = beacon_.entry(round);
        if (entry) {
            entries.push_back(std::move(*entry));
            continue;
        }
        if (entry.error().code() != Errc::busy) return std::move(entry).error();
        // The source fetches what it was asked for, so it hears of all rounds at once.
        if (!waits) waits = std::move(entry).error();
    }
    if (waits) return std::move(*waits);
    return entries;
}

Result<Ticket> BlockProducer::ticket_on(const Win& win, const Tipset& base, BytesView beacon) {
    const auto& parent_ticket = base.min_ticket_block().ticket;
    const Bytes ticket_base = parent_ticket ? parent_ticket->vrf_proof : Bytes{};
    STRATA_TRY(auto proof, vrf(win.keys.worker, ticket_randomness(beacon, win.keys.miner, win.epoch, ticket_base)));
    return Ticket{std::move(proof)};
}

Result<std::optional<Win>> BlockProducer::check_win(const Address& miner, const TipsetPtr& base, ChainEpoch epoch) {
    if (epoch <= base->height())
        return fail(Errc::invalid_argument, "block: height is " + std::to_string(epoch) + ", expected more than " +
                                                std::to_string(base->height()) + ", the height of its base");
    ChainStore& chain = node_.chain();
    STRATA_TRY(const auto lookback, lookback_for(chain, base, epoch));
    STRATA_TRY(auto state, vm::StateTree::load(chain.blocks(), lookback.state_root));
    STRATA_TRY(const auto power, actors::read::Power::load(state));
    STRATA_TRY(const auto claim, power.claim(miner));
    if (!claim || claim->quality_adjusted.sign() <= 0 || power.quality_adjusted().sign() <= 0)
        return std::optional<Win>{};
    STRATA_TRY(const auto view, actors::read::Miner::load(state, miner));
    STRATA_TRY(const auto key, actors::read::worker_key(state, view));

    Win win{.keys = {miner, key},
            .base = base,
            .epoch = epoch,
            .beacon_entries = {},
            .ticket = {},
            .election = {},
            .sector = {}};
    STRATA_TRY(const auto previous, latest_beacon_entry(chain, base));
    STRATA_TRY(win.beacon_entries, new_entries(base, previous, epoch));
    const Bytes& beacon = win.beacon_entries.empty() ? previous.data : win.beacon_entries.back().data;
    STRATA_TRY(win.election.vrf_proof, vrf(key, election_randomness(beacon, miner, epoch)));
    win.election.win_count = win_count(win.election.vrf_proof, claim->quality_adjusted, power.quality_adjusted());
    if (win.election.win_count < 1) return std::optional<Win>{};
    // Few miners win, and to know whether one is eligible takes two more states.
    STRATA_TRY(const bool eligible, is_eligible(chain.blocks(), node_.network(), *base, *lookback.tipset, miner));
    if (!eligible) return std::optional<Win>{};

    STRATA_TRY(win.ticket, ticket_on(win, *base, beacon));
    win.post_randomness = winning_post_randomness(beacon, miner, epoch);
    auto sector = winning_sector(view, win.post_randomness);
    if (!sector && sector.error().is_fatal()) return sector.error();
    if (!sector) return std::optional<Win>{};  // the miner has no sector that it could prove
    win.sector = std::move(*sector);
    return std::optional(std::move(win));
}

Status BlockProducer::prove(Win& win) {
    STRATA_TRY(win.proof, prover_.prove_winning(win.keys.miner, win.post_randomness, win.sector));
    return {};
}

Status BlockProducer::refresh(Win& win, const TipsetPtr& head) {
    if (head->height() != win.base->height() || head->key() == win.base->key()) return {};
    std::vector<BlockHeader> stay;
    for (std::size_t i = 0; i < win.base->blocks().size(); ++i)
        if (std::ranges::find(head->cids(), win.base->cids()[i]) != head->cids().end())
            stay.push_back(win.base->blocks()[i]);
    if (stay.empty() || stay.size() == win.base->blocks().size()) return {};
    STRATA_TRY(const auto base, Tipset::make(std::move(stay)));
    if (base->min_ticket_block().ticket != win.base->min_ticket_block().ticket) {
        STRATA_TRY(const auto previous, latest_beacon_entry(node_.chain(), base));
        const Bytes& beacon = win.beacon_entries.empty() ? previous.data : win.beacon_entries.back().data;
        STRATA_TRY(win.ticket, ticket_on(win, *base, beacon));
    }
    win.base = base;
    return {};
}

Result<std::vector<SignedMessage>> BlockProducer::select(const Win& win) {
    return node_.pool().select(win.base, quality_of(win.ticket));
}

// Returns a block that has only its messages, their CID and their aggregate signature.
Result<FullBlock> BlockProducer::fill(ChainEpoch epoch, const TipsetState& parents,
                                      const std::vector<SignedMessage>& messages) {
    ChainStore& chain = node_.chain();
    STRATA_TRY(auto state, vm::StateTree::load(chain.blocks(), parents.state_root));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    Filter filter(node_.network(), epoch, node_.pool().signatures(), state, manifest);
    FullBlock block;
    std::vector<crypto::bls::Signature> signatures;
    // BLS messages are executed first, so they must be counted first.
    for (const bool bls : {true, false}) {
        for (const auto& message : messages) {
            if ((message.signature.type == Signature::Type::bls) != bls) continue;
            STRATA_TRY(const bool admitted, filter.admit(message));
            if (!admitted) continue;
            if (!bls) {
                block.messages.secp.push_back(message);
                continue;
            }
            block.messages.bls.push_back(message.message);
            std::ranges::copy(message.signature.data, signatures.emplace_back().begin());
        }
    }
    STRATA_TRY(block.header.bls_aggregate, aggregate(signatures));
    STRATA_TRY(block.header.messages, chain.put_messages(block.messages));
    return block;
}

Result<FullBlock> BlockProducer::make_block(const Win& win, const std::vector<SignedMessage>& messages) {
    ChainStore& chain = node_.chain();
    const Network& network = node_.network();
    const Tipset& base = *win.base;
    STRATA_TRY(const auto parents, node_.states().state_after(win.base));
    STRATA_TRY(auto block, fill(win.epoch, parents, messages));
    BlockHeader& header = block.header;
    header.miner = win.keys.miner;
    header.ticket = win.ticket;
    header.election_proof = win.election;
    header.beacon_entries = win.beacon_entries;
    header.win_post_proof = win.proof;
    if (win.proof.empty()) {
        STRATA_TRY(header.win_post_proof, prover_.prove_winning(win.keys.miner, win.post_randomness, win.sector));
    }
    header.parents = base.cids();
    STRATA_TRY(header.parent_weight, chain_weight(chain, base));
    header.height = win.epoch;
    header.parent_state_root = parents.state_root;
    header.parent_message_receipts = parents.receipts_root;
    header.timestamp =
        base.min_timestamp() + network.block_delay * static_cast<std::uint64_t>(win.epoch - base.height());
    STRATA_TRY(header.parent_base_fee, base_fee_after(chain, network, base));
    STRATA_TRY(header.block_sig, wallet_.sign(win.keys.worker, header.signing_bytes()));
    // The block is recorded before it leaves this object: a different one at this height would be a fault, even after a
    // restart.
    STRATA_OK(slash_filter_.admit(header, base.height()));
    return block;
}

}  // namespace strata::chain
