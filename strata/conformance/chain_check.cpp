#include <strata/conformance/chain_check.hpp>

#include <strata/actors/table.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/conformance/recorded_proofs.hpp>
#include <strata/conformance/suite.hpp>
#include <strata/conformance/watching_table.hpp>
#include <strata/ipld/car.hpp>

namespace strata::conformance {
namespace {

using chain::TipsetPtr;

class Checker {
  public:
    Checker(const chain::Network& network, std::size_t max_errors)
        : max_errors_(max_errors),
          network_(network),
          natives_(actors::native_actors(*network.policy)),
          table_(*natives_),
          states_(chain_, network_, proofs_, table_) {}

    Status load(BytesView car) {
        STRATA_TRY(const auto header, load_car(car, blocks_));
        STRATA_TRY(auto at, chain_.tipset(TipsetKey(header.roots)));
        for (;;) {
            tipsets_.push_back(at);
            if (at->height() == 0) break;
            STRATA_TRY(at, chain_.parent(*at));
        }
        std::ranges::reverse(tipsets_);
        return {};
    }

    // The head's own result is recorded nowhere: no block stands on it.
    ChainCheck run() {
        for (std::size_t i = 0; i + 1 < tipsets_.size() && out_.errors.size() < max_errors_; ++i)
            execute(*tipsets_[i], *tipsets_[i + 1]);
        out_.tipsets = tipsets_.size();
        for (const auto& tipset : tipsets_) out_.blocks += tipset->blocks().size();
        return std::move(out_);
    }

  private:
    void error(const chain::Tipset& at, const std::string& what) {
        out_.errors.push_back("epoch " + std::to_string(at.height()) + ": " + what);
    }

    void execute(const chain::Tipset& tipset, const chain::Tipset& child) {
        auto recorded = chain_.receipts(child.parent_receipts());
        if (!recorded) return error(tipset, "receipts: " + recorded.error().message());
        const auto done = states_.execute(tipset, &*recorded);
        if (const auto missing = table_.take_missing(); !missing.empty()) {
            ++out_.skipped[missing];
            return;
        }
        if (!done) return error(tipset, done.error().message());
        out_.messages += done->messages.size();
        if (const auto wrong = compare(*done, *recorded); !wrong.empty()) return error(tipset, wrong);
        if (done->state.receipts_root != child.parent_receipts()) return error(tipset, "the receipts root differs");
        if (done->state.state_root != child.parent_state_root()) return error(tipset, "the state root differs");
        ++out_.executed;
    }

    static std::string compare(const chain::TipsetExecution& done, const std::vector<Receipt>& recorded) {
        if (done.messages.size() != recorded.size())
            return std::to_string(done.messages.size()) + " messages, but " + std::to_string(recorded.size()) + " receipts";
        for (std::size_t i = 0; i < recorded.size(); ++i) {
            const auto& [cid, message, applied] = done.messages[i];
            if (applied.receipt == recorded[i]) continue;
            return "receipt of " + cid.to_string() + " (to " + message.to.to_string() + " method " +
                   std::to_string(message.method) + "): exit code " + std::to_string(applied.receipt.exit_code) +
                   ", recorded " + std::to_string(recorded[i].exit_code) + ": " + applied.failure;
        }
        return {};
    }

    std::size_t max_errors_;
    const chain::Network& network_;
    MemoryBlockstore blocks_;
    store::MemoryKeyValue meta_;
    chain::ChainStore chain_{blocks_, meta_};
    RecordedProofs proofs_;
    std::unique_ptr<vm::ActorTable> natives_;
    WatchingTable table_;
    chain::StateManager states_;
    std::vector<TipsetPtr> tipsets_;
    ChainCheck out_;
};

}  // namespace

double ChainCheck::share() const {
    return tipsets < 2 ? 100.0 : 100.0 * static_cast<double>(executed) / static_cast<double>(tipsets - 1);
}

Result<ChainCheck> check_chain(const ChainCheckOptions& options) {
    const VectorFile car(options.car);
    const VectorFile description(options.network);
    if (car.text().empty()) return fail(Errc::io, "cannot read " + options.car.string());
    if (description.text().empty()) return fail(Errc::io, "cannot read " + options.network.string());
    STRATA_TRY(const auto network, chain::parse_network(description.text()));
    Checker checker(network, options.max_errors);
    STRATA_OK(checker.load(as_bytes(car.text())));
    return checker.run();
}

}  // namespace strata::conformance
