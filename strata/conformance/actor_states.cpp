#include <strata/conformance/actor_states.hpp>

#include <map>
#include <set>

#include <strata/actors/account/state.hpp>
#include <strata/actors/cron/state.hpp>
#include <strata/actors/datacap/token.hpp>
#include <strata/actors/market/state.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/multisig/state.hpp>
#include <strata/actors/paych/state.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/actors/system/state.hpp>
#include <strata/actors/verifreg/state.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::conformance {
namespace {

Status expect_same(bool same, std::string_view what) {
    if (same) return {};
    return fail(Errc::verification, std::string(what) + " is decoded, but not encoded to the same bytes");
}

/// Reads the state block as T and writes it again.
template <class T>
Result<T> read_state(Blockstore& store, const Cid& head) {
    STRATA_TRY(const Bytes block, store.get(head));
    STRATA_TRY(auto state, from_cbor<T>(block));
    STRATA_OK(expect_same(to_cbor(state) == block, "the state"));
    return state;
}

/// Checks a value of a table. Returns true, which lets the visit of the table continue; a difference is an error.
template <class V>
Result<bool> check_value(BytesView value) {
    STRATA_TRY(const Bytes again, reencode<V>(value));
    STRATA_OK(expect_same(equal(again, value), "a value of a table"));
    return true;
}
template <class V>
Status check_map(Blockstore& store, const Cid& root, unsigned width = 5) {
    STRATA_TRY(const auto map, Hamt::load(store, root, width));
    return map.for_each([](BytesView, BytesView value) { return check_value<V>(value); });
}
template <class V>
Status check_array(Blockstore& store, const Cid& root, unsigned width) {
    STRATA_TRY(const auto array, Amt::load(store, root, width));
    return array.for_each([](std::uint64_t, BytesView value) { return check_value<V>(value); });
}
/// Checks a map from keys to roots of maps.
template <class V>
Status check_nested(Blockstore& store, const Cid& root, unsigned width = 5) {
    STRATA_TRY(const auto map, Hamt::load(store, root, width));
    return map.for_each([&](BytesView, BytesView value) -> Result<bool> {
        STRATA_TRY(const Cid inner, from_cbor<Cid>(value));
        STRATA_OK(check_map<V>(store, inner, width));
        return true;
    });
}

// Each actor has one function that checks its state.
using CheckState = Status (*)(Blockstore&, const Cid& head);

// Checks a state without tables.
template <class T>
Status check_plain(Blockstore& store, const Cid& head) {
    STRATA_OK(read_state<T>(store, head));
    return {};
}

Status check_init(Blockstore& store, const Cid& head) {
    STRATA_TRY(const auto state, read_state<vm::InitState>(store, head));
    return check_map<ActorId>(store, state.address_map);
}

Status check_power(Blockstore& store, const Cid& head) {
    using namespace actors::power;
    STRATA_TRY(const auto state, read_state<State>(store, head));
    STRATA_OK(check_map<Claim>(store, state.claims));
    STRATA_TRY(const auto queue, Hamt::load(store, state.cron_event_queue, kCronQueueHamtWidth));
    return queue.for_each([&](BytesView, BytesView value) -> Result<bool> {
        STRATA_TRY(const Cid events, from_cbor<Cid>(value));
        STRATA_OK(check_array<CronEvent>(store, events, kCronQueueAmtWidth));
        return true;
    });
}

Status check_market(Blockstore& store, const Cid& head) {
    using namespace actors::market;
    STRATA_TRY(const auto state, read_state<State>(store, head));
    STRATA_OK(check_array<DealProposal>(store, state.proposals, kProposalsWidth));
    STRATA_OK(check_array<DealState>(store, state.states, kStatesWidth));
    STRATA_OK(check_map<Unit>(store, state.pending_proposals));
    STRATA_OK(check_map<TokenAmount>(store, state.escrow_table, kBalanceTableWidth));
    STRATA_OK(check_map<TokenAmount>(store, state.locked_table, kBalanceTableWidth));
    STRATA_OK(check_nested<Unit>(store, state.deal_ops_by_epoch));
    return check_nested<std::vector<DealId>>(store, state.provider_sectors);
}

Status check_verified_registry(Blockstore& store, const Cid& head) {
    using namespace actors::verifreg;
    STRATA_TRY(const auto state, read_state<State>(store, head));
    STRATA_OK(check_map<BigInt>(store, state.verifiers));
    STRATA_OK(check_nested<Allocation>(store, state.allocations));
    return check_nested<Claim>(store, state.claims);
}

Status check_datacap(Blockstore& store, const Cid& head) {
    STRATA_TRY(const auto state, read_state<actors::datacap::State>(store, head));
    const auto width = static_cast<unsigned>(state.token.hamt_bit_width);
    STRATA_OK(check_map<BigInt>(store, state.token.balances, width));
    return check_nested<BigInt>(store, state.token.allowances, width);
}

Status check_multisig(Blockstore& store, const Cid& head) {
    STRATA_TRY(const auto state, read_state<actors::multisig::State>(store, head));
    return check_map<actors::multisig::Transaction>(store, state.pending_txns);
}

Status check_payment_channel(Blockstore& store, const Cid& head) {
    using namespace actors::paych;
    STRATA_TRY(const auto state, read_state<State>(store, head));
    return check_array<LaneState>(store, state.lane_states, kLanesBitWidth);
}

Status check_partition(Blockstore& store, const actors::miner::Partition& partition) {
    using namespace actors::miner;
    STRATA_OK(check_array<ExpirationSet>(store, partition.expirations_epochs, kPartitionExpirationsWidth));
    return check_array<BitField>(store, partition.early_terminated, kEarlyTerminatedWidth);
}

Status check_deadline(Blockstore& store, const Cid& root) {
    using namespace actors::miner;
    STRATA_TRY(const auto deadline, read_state<Deadline>(store, root));
    STRATA_OK(check_array<BitField>(store, deadline.expirations_epochs, kDeadlineExpirationsWidth));
    STRATA_OK(check_array<WindowedPoSt>(store, deadline.optimistic_post_submissions, kOptimisticPostsWidth));
    STRATA_OK(check_array<WindowedPoSt>(store, deadline.optimistic_post_submissions_snapshot, kOptimisticPostsWidth));
    STRATA_OK(check_array<Partition>(store, deadline.partitions_snapshot, kPartitionsWidth));
    STRATA_OK(check_array<SectorOnChainInfo>(store, deadline.sectors_snapshot, kSectorsAmtWidth));
    STRATA_OK(check_array<Partition>(store, deadline.partitions, kPartitionsWidth));
    STRATA_TRY(const auto partitions, AmtArray<Partition>::load(store, deadline.partitions, kPartitionsWidth));
    return partitions.for_each(
        [&](std::uint64_t, const Partition& partition) { return check_partition(store, partition); });
}

Status check_miner(Blockstore& store, const Cid& head) {
    using namespace actors::miner;
    STRATA_TRY(const auto state, read_state<State>(store, head));
    STRATA_OK(read_state<MinerInfo>(store, state.info));
    STRATA_OK(check_map<SectorPreCommitOnChainInfo>(store, state.pre_committed_sectors, kPreCommitsWidth));
    STRATA_OK(check_array<BitField>(store, state.pre_committed_sectors_cleanup, kPreCommitCleanUpWidth));
    STRATA_OK(read_state<BitField>(store, state.allocated_sectors));
    STRATA_OK(check_array<SectorOnChainInfo>(store, state.sectors, kSectorsAmtWidth));
    STRATA_TRY(const auto deadlines, read_state<Deadlines>(store, state.deadlines));
    for (const Cid& deadline : deadlines.due) STRATA_OK(check_deadline(store, deadline));
    return {};
}

/// Maps the name that the bundle gives to an actor to the check of its state.
const std::map<std::string_view, CheckState> kChecks{
    {"system", check_plain<actors::system::State>},
    {"cron", check_plain<actors::cron::State>},
    {"account", check_plain<actors::account::State>},
    {"reward", check_plain<actors::reward::State>},
    {"init", check_init},
    {"storagepower", check_power},
    {"storagemarket", check_market},
    {"verifiedregistry", check_verified_registry},
    {"datacap", check_datacap},
    {"storageminer", check_miner},
    {"multisig", check_multisig},
    {"paymentchannel", check_payment_channel},
};

using Manifest = std::map<Cid, std::string>;

/// Returns the names of actors by code CID, from the bundle that the system actor records; empty if there is no bundle,
/// or if the bundle is older than the Ethereum actors.
std::optional<Manifest> manifest_of(Blockstore& store, vm::StateTree& tree) {
    const auto system = tree.get(kSystemId);
    if (!system || !*system) return std::nullopt;
    const auto state = get_cbor<actors::system::State>(store, (*system)->head);
    if (!state) return std::nullopt;
    const auto entries = get_cbor<std::vector<std::pair<std::string, Cid>>>(store, state->builtin_actors);
    if (!entries) return std::nullopt;
    Manifest manifest;
    bool has_ethereum = false;
    for (const auto& [name, code] : *entries) {
        manifest.emplace(code, name);
        has_ethereum = has_ethereum || name == "ethaccount";
    }
    return has_ethereum ? std::optional(std::move(manifest)) : std::nullopt;
}

class ActorWalk {
  public:
    ActorWalk(MemoryBlockstore& store, Report& report) : store_(store), report_(report) {}

    void run() {
        for (const auto& [cid, block] : store_.blocks()) {
            if (cid.codec() != Codec::dag_cbor || !is_state_root(block)) continue;
            auto tree = vm::StateTree::load(store_, cid);
            if (!tree) continue;  // the blocks may be a part of a chain, without this tree
            if (const auto manifest = manifest_of(store_, *tree)) walk(*tree, *manifest);
        }
        for (const auto& [name, count] : counts_)
            report_.pass(std::to_string(count) + " states of " + name + " encoded to the same bytes");
    }

  private:
    // Returns true for [5, actors, info], a state root of version 5 (docs/protocol/fvm.md §2.1).
    static bool is_state_root(const Bytes& block) { return block.size() > 2 && block[0] == 0x83 && block[1] == 0x05; }

    void walk(const vm::StateTree& tree, const Manifest& manifest) {
        const auto walked = tree.for_each([&](ActorId id, const vm::ActorState& actor) -> Status {
            const auto name = manifest.find(actor.code);
            if (name == manifest.end())
                return fail(Errc::malformed, "the code of actor f0" + std::to_string(id) + " is " +
                                                 actor.code.to_string() + ", expected a code of the bundle");
            check(name->second, actor.head);
            return {};
        });
        if (!walked && walked.error().code() != Errc::missing_block)
            report_.fail("state tree", walked.error().message());
    }

    void check(const std::string& name, const Cid& head) {
        const auto known = kChecks.find(name);
        if (known == kChecks.end() || !seen_.insert(head).second) return;
        const auto checked = known->second(store_, head);
        // A part of a chain may lack blocks of a state, which then does not count.
        if (checked) {
            ++counts_[name];
        } else if (checked.error().code() != Errc::missing_block) {
            report_.fail(name + " state " + head.to_string(), checked.error().message());
        }
    }

    MemoryBlockstore& store_;
    Report& report_;
    std::set<Cid> seen_;
    std::map<std::string, std::size_t> counts_;
};

}  // namespace

void walk_actor_states(MemoryBlockstore& store, Report& report) {
    ActorWalk(store, report).run();
}

}  // namespace strata::conformance
