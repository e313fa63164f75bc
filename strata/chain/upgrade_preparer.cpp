#include <strata/chain/upgrade_preparer.hpp>

#include <strata/ipld/collected_blockstore.hpp>

namespace strata::chain {
namespace {

// Gives no block any more once the work is to stop. So a migration ends at the next node of the map of actors.
class StoppableStore final : public Blockstore {
  public:
    StoppableStore(Blockstore& base, const std::atomic<bool>& stop) : base_(base), stop_(stop) {}
    Result<Bytes> get(const Cid& cid) override {
        STRATA_OK(go_on());
        return base_.get(cid);
    }
    Result<bool> has(const Cid& cid) override {
        STRATA_OK(go_on());
        return base_.has(cid);
    }
    Result<Cid> put(Codec codec, BytesView data) override { return base_.put(codec, data); }
    Status put_block(const Cid& cid, BytesView data) override { return base_.put_block(cid, data); }

  private:
    Status go_on() const { return stop_ ? Status(fail(Errc::cancelled, "stopped")) : Status(); }
    Blockstore& base_;
    const std::atomic<bool>& stop_;
};

}  // namespace

// Lotus' StartWithin and DontStartWithin. Work that starts later would compete with the blocks of the upgrade.
std::optional<ChainEpoch> upgrade_to_prepare(const Network& network, ChainEpoch epoch) {
    constexpr ChainEpoch first = 120;
    constexpr ChainEpoch last = 15;
    for (ChainEpoch height = epoch + last + 1; height <= epoch + first; ++height) {
        const NetworkVersion next = network.version_at(height + 1);
        if (next != network.version_at(height) && network.migrations.contains(next)) return height;
    }
    return std::nullopt;
}

void UpgradePreparer::on_head(const Tipset& head) {
    const ChainEpoch epoch = head.height();
    if (epoch >= upgrade_ - kStop) stop_ = true;
    const auto height = upgrade_to_prepare(network_, epoch);
    // An upgrade that follows closely waits for a later head, so that this one never waits for a thread.
    if (!height || *height == upgrade_ || works_) return;
    if (thread_.joinable()) thread_.join();
    upgrade_ = *height;
    stop_ = false;
    works_ = true;
    thread_ = std::jthread([this, epoch, height = *height, root = head.parent_state_root()] {
        const auto held = hold(blocks_);
        StoppableStore blocks(blocks_, stop_);
        const Status result = network_.prepare_upgrade(blocks, root, epoch);
        works_ = false;
        listener_(height, result);
    });
}

}  // namespace strata::chain
