#include <strata/chain/miner_view.hpp>

#include <strata/actors/account/state.hpp>
#include <strata/base/varint.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::chain {
namespace {

constexpr unsigned kPartitionsWidth = 3;
constexpr unsigned kSectorsWidth = 5;

// A tuple of which only some fields are read, in order.
class Fields {
  public:
    static Result<Fields> open(BytesView tuple, std::uint64_t at_least) {
        Fields out(tuple);
        STRATA_TRY(const auto count, out.reader_.array());
        if (count < at_least) return fail(Errc::malformed, "a tuple that is too short");
        return out;
    }
    template <class T>
    Result<T> next() {
        T value{};
        STRATA_OK(decode(reader_, value));
        return value;
    }
    Status skip(int count) {
        for (int i = 0; i < count; ++i) STRATA_OK(reader_.item());
        return {};
    }

  private:
    explicit Fields(BytesView tuple) : reader_(tuple) {}
    CborReader reader_;
};

Result<Address> key_of(vm::StateTree& state, const Address& worker) {
    const auto id = worker.as_id();
    if (!id) return worker;
    STRATA_TRY(const auto account, state.get(*id));
    if (!account) return fail(Errc::not_found, "no worker " + worker.to_string());
    STRATA_TRY(const auto account_state, get_cbor<actors::account::State>(state.store(), account->head));
    return account_state.address;
}

Status read_info(vm::StateTree& state, const Cid& cid, MinerView& out) {
    STRATA_TRY(const Bytes data, state.store().get(cid));
    STRATA_TRY(auto info, Fields::open(data, 10));
    STRATA_OK(info.skip(1));  // owner
    STRATA_TRY(const auto worker, info.next<Address>());
    STRATA_TRY(out.worker_key, key_of(state, worker));
    STRATA_OK(info.skip(4));  // controls, pending worker, peer, addresses
    STRATA_TRY(out.window_post_proof, info.next<RegisteredPoStProof>());
    STRATA_TRY(out.sector_size, info.next<SectorSize>());
    STRATA_OK(info.skip(1));  // sectors of a partition
    STRATA_TRY(out.consensus_fault_elapsed, info.next<ChainEpoch>());
    return {};
}

Status add_active(BytesView partition, BitField& active) {
    STRATA_TRY(auto fields, Fields::open(partition, 5));
    STRATA_TRY(const auto sectors, fields.next<BitField>());
    STRATA_TRY(const auto unproven, fields.next<BitField>());
    STRATA_TRY(const auto faults, fields.next<BitField>());
    STRATA_OK(fields.skip(1));  // recoveries
    STRATA_TRY(const auto terminated, fields.next<BitField>());
    active |= sectors - terminated - faults - unproven;
    return {};
}

struct Deadlines {
    std::vector<Cid> due;
    STRATA_CBOR_TUPLE(due);
};

Result<SectorNumber> nth(const BitField& set, std::uint64_t index) {
    STRATA_TRY(const auto one, set.slice(index, 1));
    return *one.first();
}

}  // namespace

Result<MinerView> load_miner(vm::StateTree& state, const Address& miner) {
    STRATA_TRY(const auto id, state.resolve(miner));
    if (!id) return fail(Errc::not_found, "no miner " + miner.to_string());
    STRATA_TRY(const auto actor, state.get(*id));
    if (!actor) return fail(Errc::not_found, "no miner " + miner.to_string());
    MinerView out;
    out.id = *id;
    STRATA_TRY(const Bytes data, state.store().get(actor->head));
    STRATA_TRY(auto fields, Fields::open(data, 15));
    STRATA_TRY(const Cid info, fields.next<Cid>());
    STRATA_OK(fields.skip(3));  // deposits, locked and vesting funds
    STRATA_TRY(out.fee_debt, fields.next<TokenAmount>());
    STRATA_OK(fields.skip(4));  // pledge, pre-commitments and their clean-up, allocated numbers
    STRATA_TRY(out.sectors, fields.next<Cid>());
    STRATA_OK(fields.skip(2));  // period start, current deadline
    STRATA_TRY(out.deadlines, fields.next<Cid>());
    STRATA_OK(read_info(state, info, out));
    return out;
}

Result<BitField> active_sectors(Blockstore& store, const MinerView& miner) {
    STRATA_TRY(const auto deadlines, get_cbor<Deadlines>(store, miner.deadlines));
    BitField active;
    for (const auto& cid : deadlines.due) {
        STRATA_TRY(const Bytes data, store.get(cid));
        STRATA_TRY(auto deadline, Fields::open(data, 13));
        STRATA_TRY(const Cid root, deadline.next<Cid>());
        STRATA_TRY(const auto partitions, Amt::load(store, root, kPartitionsWidth));
        STRATA_OK(partitions.for_each([&](std::uint64_t, BytesView partition) -> Result<bool> {
            STRATA_OK(add_active(partition, active));
            return true;
        }));
    }
    return active;
}

Result<PoStSectorInfo> winning_sector(Blockstore& store, const MinerView& miner, Hash256 randomness) {
    STRATA_TRY(const auto active, active_sectors(store, miner));
    const std::uint64_t count = active.count();
    if (count == 0) return fail(Errc::verification, "the miner has no sector to prove");
    // node.md §6: prover ID, randomness as a field element, number of the challenge.
    randomness[31] &= 0x3f;
    Bytes data;
    put_uvarint(data, miner.id);
    data.resize(32);
    append(data, randomness);
    data.resize(data.size() + 8);
    const std::uint64_t index = load_le<std::uint64_t>(crypto::sha256(data).data()) % count;
    STRATA_TRY(const SectorNumber number, nth(active, index));
    STRATA_TRY(const auto sectors, Amt::load(store, miner.sectors, kSectorsWidth));
    STRATA_TRY(const auto sector, sectors.get(number));
    if (!sector) return fail(Errc::malformed, "an active sector without record");
    STRATA_TRY(auto fields, Fields::open(*sector, 3));
    PoStSectorInfo out;
    STRATA_TRY(out.number, fields.next<SectorNumber>());
    STRATA_TRY(out.proof, fields.next<RegisteredSealProof>());
    STRATA_TRY(out.sealed_cid, fields.next<Cid>());
    return out;
}

Result<PowerView> load_power(vm::StateTree& state, const Address& miner) {
    STRATA_TRY(const auto actor, state.get(kPowerId));
    if (!actor) return fail(Errc::not_found, "the state has no power actor");
    PowerView out;
    STRATA_TRY(out.state, get_cbor<actors::power::State>(state.store(), actor->head));
    STRATA_TRY(const auto claims, actors::power::Claims::load(state.store(), out.state.claims));
    STRATA_TRY(out.claim, claims.get(miner));
    return out;
}

}  // namespace strata::chain
