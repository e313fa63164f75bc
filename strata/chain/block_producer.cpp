#include <strata/chain/block_producer.hpp>

#include <strata/actors/read/miner.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/block_template.hpp>
#include <strata/chain/chain_externs.hpp>
#include <strata/chain/election.hpp>
#include <strata/chain/eligibility.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/chain/randomness.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::chain {

Result<std::vector<PoStProof>> StubWinningProver::prove_winning(const Address&, const Hash256&, const PoStSectorInfo&) {
    return std::vector{PoStProof{RegisteredPoStProof{0}, to_bytes(as_bytes(kStubWinningProof))}};
}

BlockProducer::BlockProducer(LocalChain& node, wallet::Wallet& wallet, BeaconSource& beacon, WinningProver& prover)
    : node_(node), wallet_(wallet), beacon_(beacon), prover_(prover) {}

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

Result<FullBlock> BlockProducer::make_block(const Win& win, const std::vector<SignedMessage>& messages) {
    const Tipset& base = *win.base;
    BlockTemplate of{.miner = win.keys.miner,
                     .parents = base.key(),
                     .ticket = win.ticket,
                     .election = win.election,
                     .beacon_entries = win.beacon_entries,
                     .messages = messages,
                     .epoch = win.epoch,
                     .timestamp = base.min_timestamp() +
                                  node_.network().block_delay * static_cast<std::uint64_t>(win.epoch - base.height()),
                     .proof = win.proof};
    if (of.proof.empty()) {
        STRATA_TRY(of.proof, prover_.prove_winning(win.keys.miner, win.post_randomness, win.sector));
    }
    STRATA_TRY(auto block, fill_block(node_, wallet_, win.keys.worker, of));
    // The block is recorded before it leaves this object: a different one at this height would be a fault, even after a
    // restart.
    STRATA_OK(node_.slash_filter().admit(block.header, base.height()));
    return block;
}

}  // namespace strata::chain
