#pragma once
// The door for migrations, the changes that an upgrade makes to the state. Implementations are registered in
// Network::migrations by the version that they lead to. Source: docs/protocol/node.md §25 (lotus chain/stmgr/forks.go).
#include <strata/ipld/blockstore.hpp>
#include <strata/types/network.hpp>

namespace strata::chain {

class StateMigration {
  public:
    virtual ~StateMigration() = default;
    /// Takes the state root after the cron of `height`, the upgrade's height, and returns the migrated one, after
    /// storing its blocks in `blocks`. The same root always gives the same result. Must be thread-safe. Errors:
    /// missing_block, io, internal: this node cannot cross the upgrade.
    virtual Result<Cid> migrate(Blockstore& blocks, const Cid& root, ChainEpoch height) const = 0;
};

}  // namespace strata::chain
