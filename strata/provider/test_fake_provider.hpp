#pragma once
// A storage provider for tests of code that uses one: the test says which sectors there are and what is refused.
// Nothing is sealed.
#include <strata/provider/api.hpp>
#include <strata/provider/miner_chain.hpp>

namespace strata::provider::testing {

/// For one thread.
class FakeProvider final : public Provider {
  public:
    struct Asked {
        PieceInfo piece;
        std::optional<PieceDeal> deal;
        ChainEpoch epoch = 0;
        Bytes data;  // all that could be read
    };

    // The test sets these.
    std::vector<SectorStatus> all;
    /// If set, every change is refused with it.
    std::optional<Error> refusal;
    SectorNumber next = 0;
    MinerMoney purse;

    // These record the calls that arrived.
    std::vector<Asked> pieces;
    std::vector<SectorNumber> retried;
    std::vector<TokenAmount> withdrawn;

    /// Puts a sector with this deal into a state, or moves it there. Listeners are told of one that becomes provable.
    SectorStatus& put(SectorNumber number, SectorState state, const PieceDeal& deal, std::string reason = {}) {
        const auto it = std::ranges::find(all, number, &SectorStatus::number);
        auto& sector = it == all.end() ? all.emplace_back() : *it;
        sector.number = number;
        sector.state = state;
        sector.pieces = {{{}, 0, deal, false}};
        sector.reason = std::move(reason);
        if (state == SectorState::proving)
            for (const auto& listener : listeners_) listener(sector);
        return sector;
    }

    // Provider.
    Result<SectorNumber> add_piece(const ReadBytes& read, const PieceInfo& piece, const std::optional<PieceDeal>& deal,
                                   ChainEpoch epoch) override {
        Asked asked{piece, deal, epoch, {}};
        for (Bytes part(1024);;) {
            STRATA_TRY(const auto size, read(part));
            asked.data.insert(asked.data.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(size));
            if (size < part.size()) break;
        }
        pieces.push_back(std::move(asked));
        if (refusal) return *refusal;
        return next++;
    }
    Result<SectorNumber> pledge_sector(ChainEpoch) override {
        if (refusal) return *refusal;
        return next++;
    }
    Status retry_sector(SectorNumber number, ChainEpoch) override {
        if (refusal) return *refusal;
        retried.push_back(number);
        return {};
    }
    std::vector<SectorStatus> sectors() const override { return all; }
    void on_proving(Listener listener) override { listeners_.push_back(std::move(listener)); }
    Result<MinerMoney> money() override {
        if (refusal) return *refusal;
        return purse;
    }
    Result<Cid> withdraw(const TokenAmount& amount) override {
        if (refusal) return *refusal;
        withdrawn.push_back(amount);
        return Cid::hash_of(Codec::dag_cbor, {});
    }

  private:
    std::vector<Listener> listeners_;
};

}  // namespace strata::provider::testing
