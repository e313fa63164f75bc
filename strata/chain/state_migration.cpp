#include <strata/chain/state_migration.hpp>

#include <strata/base/lru_map.hpp>
#include <strata/migration/migration.hpp>

namespace strata::chain {
namespace {

using actors::ActorBundle;
using actors::Bundle;

// Tipsets that share a parent migrate the same state, so a few results are kept. A different node of this process may
// have made them in a store of its own.
class BundleMigration : public StateMigration {
  public:
    explicit BundleMigration(const Bundle& to) : to_(to) {}

    Result<Cid> migrate(Blockstore& blocks, const Cid& root, ChainEpoch height) const final {
        if (const auto known = find(root, height)) {
            STRATA_TRY(const bool here, blocks.has(*known));
            if (here) return *known;
        }
        STRATA_TRY(const Cid out, run(blocks, root, height));
        const Lock lock(mutex_);
        results_.put({root, height}, out);
        return out;
    }
    Status prepare(Blockstore& blocks, const Cid& root) const final {
        return migration::prepare(blocks, root, to_, nodes_);
    }

  protected:
    virtual Result<Cid> run(Blockstore& blocks, const Cid& root, ChainEpoch height) const = 0;
    const Bundle& to_;
    mutable migration::NodeCache nodes_;

  private:
    std::optional<Cid> find(const Cid& root, ChainEpoch height) const {
        const Lock lock(mutex_);
        const auto* const known = results_.find({root, height});
        return known == nullptr ? std::nullopt : std::optional(*known);
    }
    static constexpr std::size_t kResults = 16;
    mutable Mutex mutex_;
    mutable LruMap<std::pair<Cid, ChainEpoch>, Cid> results_ STRATA_GUARDED_BY(mutex_){kResults};
};

class ToFireHorse final : public BundleMigration {
  public:
    using BundleMigration::BundleMigration;

  private:
    Result<Cid> run(Blockstore& blocks, const Cid& root, ChainEpoch) const override {
        return migration::to_fire_horse(blocks, root, to_, nodes_);
    }
};

class ToSolstice final : public BundleMigration {
  public:
    using BundleMigration::BundleMigration;

  private:
    Result<Cid> run(Blockstore& blocks, const Cid& root, ChainEpoch height) const override {
        return migration::to_solstice(blocks, root, height, to_, nodes_);
    }
};

template <class M>
void add(Migrations& out, ActorBundle bundle, NetworkVersion version) {
    const auto actors = actors::actors_of(version);
    if (!actors) return;
    if (const auto* const to = actors::find_bundle(bundle, *actors)) out.emplace(version, std::make_shared<M>(*to));
}

}  // namespace

Migrations migrations_of(ActorBundle bundle) {
    Migrations out;
    add<ToFireHorse>(out, bundle, kFireHorse);
    add<ToSolstice>(out, bundle, kSolstice);
    return out;
}

}  // namespace strata::chain
