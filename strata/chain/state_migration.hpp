#pragma once
// The door for migrations, the changes that an upgrade makes to the state, and the migrations of this program.
#include <map>
#include <memory>

#include <strata/types/basic.hpp>

namespace strata {
class Blockstore;
namespace actors {
enum class ActorBundle : std::uint8_t;
}
}  // namespace strata

namespace strata::chain {

/// Implementations are registered in Network::migrations by the version that they lead to. Source:
/// docs/protocol/node.md §25 (lotus chain/stmgr/forks.go).
class StateMigration {
  public:
    virtual ~StateMigration() = default;
    /// Takes the state root after the cron of `height`, the upgrade's height, and returns the migrated one, after
    /// storing its blocks in `blocks`. The same root always gives the same result. Must be thread-safe. Errors:
    /// missing_block, io, internal: this node cannot cross the upgrade.
    virtual Result<Cid> migrate(Blockstore& blocks, const Cid& root, ChainEpoch height) const = 0;
    /// Does ahead what can be done on the state of an earlier epoch, so that migrate() takes less time. It never
    /// changes the result of migrate(). Must be thread-safe. Errors: as of migrate().
    virtual Status prepare(Blockstore& blocks, const Cid& root) const = 0;
};

using Migrations = std::map<NetworkVersion, std::shared_ptr<const StateMigration>>;

/// Returns the migrations that this program has for a network with these bundles. Networks may share them.
Migrations migrations_of(actors::ActorBundle bundle);

}  // namespace strata::chain
