#pragma once
// A chain from a CAR, and the description of its network: read from a file, or gathered from the chain itself.
#include <filesystem>
#include <vector>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/network.hpp>
#include <strata/ipld/layered_blockstore.hpp>

namespace strata::conformance {

/// A chain in memory. Use it from one thread at a time.
class ChainSource {
  public:
    ChainSource() = default;
    ChainSource(const ChainSource&) = delete;
    ChainSource& operator=(const ChainSource&) = delete;

    /// Reads a CAR of version 1 or 2, packed or not, whose roots are the blocks of the chain's head. Errors, with the
    /// name of the file: those of read_unpacked() and load_car(); malformed without roots; missing_block if the headers
    /// do not reach down to genesis.
    Status load(const std::filesystem::path& car);

    /// Takes the newest tipsets of a chain in a store, and genesis before them: `newest` of them below the head.
    /// Nothing is written to `blocks`, which must outlive this object. Errors: missing_block.
    Status take(Blockstore& blocks, const std::vector<Cid>& head, const Cid& genesis, std::size_t newest);

    chain::ChainStore& chain() { return *chain_; }
    /// All tipsets from genesis to the head; after take() those between genesis and the newest are missing.
    const std::vector<chain::TipsetPtr>& tipsets() const { return tipsets_; }
    const BlockHeader& genesis() const { return tipsets_.front()->blocks()[0]; }

  private:
    Status walk(const std::vector<Cid>& head);

    MemoryBlockstore blocks_;
    store::MemoryKeyValue meta_;
    std::unique_ptr<LayeredBlockstore> layered_;  // after take()
    std::unique_ptr<chain::ChainStore> chain_ = std::make_unique<chain::ChainStore>(blocks_, meta_);
    std::vector<chain::TipsetPtr> tipsets_;
};

/// Returns the description that lies beside a CAR: NAME.network.json for NAME.car (also packed), otherwise
/// network.json; empty if there is neither.
std::filesystem::path description_beside(const std::filesystem::path& car);

/// Describes the network of a chain as far as its execution needs it: the name, times and actors are read from the
/// chain; the rest is what Lotus builds into networks with these actors (chain ID, drand's quicknet, upgrades). An
/// upgrade whose height the build does not fix is not planned. Errors: missing_block if the state of genesis is not
/// there; unsupported for actors of no official bundle.
Result<chain::Network> describe_network(ChainSource& source);

/// Moves the upgrade to a version; the network must not be one with a published schedule. Errors: invalid_argument.
Status move_upgrade(chain::Network& network, NetworkVersion version, ChainEpoch height);

}  // namespace strata::conformance
