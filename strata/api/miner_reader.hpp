#pragma once
// Reads a miner's state and tables without its actor.
#include <strata/actors/miner/state.hpp>
#include <strata/api/context.hpp>

namespace strata::api {

/// A miner at a tipset. Its functions read further tables on demand.
struct MinerReader {
    chain::TipsetPtr tipset;
    vm::StateTree tree;
    vm::ActorState actor;
    actors::miner::State state;

    Blockstore& blocks() { return tree.store(); }
    Result<actors::miner::MinerInfo> info();
    Result<std::vector<actors::miner::Deadline>> deadlines();
    /// Returns a deadline. Errors: out_of_range.
    Result<actors::miner::Deadline> deadline(std::uint64_t index);
    Result<std::vector<actors::miner::Partition>> partitions(const actors::miner::Deadline& deadline);
    /// Returns all partitions of all deadlines.
    Result<std::vector<actors::miner::Partition>> all_partitions();
    Result<AmtArray<actors::miner::SectorOnChainInfo>> sectors();
};

/// Returns a reader for a miner. Errors: not_found; verification for an actor that is not a miner.
Result<MinerReader> read_miner(Context& context, const Address& miner, const TipsetKey& key);

}  // namespace strata::api
