#pragma once
// A provider in the small world. It runs in virtual time, and a test can kill it wherever it wants.
#include <gtest/gtest.h>

#include <strata/base/mapped_file.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/proofs/piece/fr32.hpp>
#include <strata/provider/test_world.hpp>
#include <strata/store/key_value.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::provider::testing {

constexpr MethodNumber kPost = 5, kFaults = 10, kRecovered = 11, kPreCommit = 28, kProveCommit = 34;

struct Killed {};

/// Calls `outside` before and after every write, since a kill may come at either.
class WatchedStore final : public store::KeyValue {
  public:
    std::function<void()> outside = [] {};
    Result<std::optional<Bytes>> get(std::string_view key) override { return inner_.get(key); }
    Status write(const std::vector<store::Write>& batch) override {
        outside();
        STRATA_OK(inner_.write(batch));
        outside();
        return {};
    }
    Status for_each(std::string_view prefix, const Visit& visit) override { return inner_.for_each(prefix, visit); }

  private:
    store::MemoryKeyValue inner_;
};

class Rig {
  public:
    explicit Rig(std::string_view seed = "seed") : random_(as_bytes(seed)) {
        config.miner = Address::id(World::kMiner);
        config.folder = folder_.path();
        config.seal_proof = static_cast<RegisteredSealProof>(5);
        config.message_confidence = 1;
        world.head = 1000;
        store.outside = world.outside = proving.outside = [this] {
            if (kill_after > 0 && --kill_after == 0)
                throw Killed{};  // NOLINT(hicpp-exception-baseclass): nobody may catch it
        };
        open();
    }
    ~Rig() {
        provider.reset();
        jobs_.reset();
    }

    /// The data of a sector's first piece, as its unsealed file has it.
    Result<Bytes> unsealed_data(SectorNumber number) const {
        STRATA_TRY(const auto file, MappedFile::open(sector_files(config.folder, World::kMiner, number).unsealed));
        const auto padded = file.bytes().first(piece().size);
        Bytes out(proofs::raw_size(padded.size()));
        proofs::fr32_unpad(padded, out);
        out.resize(piece_data().size());
        return out;
    }

    void open() {
        provider.reset();
        jobs_ = std::make_unique<Jobs>(Jobs::Time::virtual_time);
        auto opened = LocalProvider::open(config, chain_of(world), make_prover(), store, *jobs_, random_);
        ASSERT_TRUE(opened) << opened.error().message();
        provider = std::move(*opened);
    }
    void reopen() {
        ++kills;
        if (kills % 2 == 0) world.lose_pool();
        for (;;) try {
                return open();
            } catch (const Killed&) {
                ++kills;
            }
    }

    static Bytes piece_data() {
        Bytes out(1000);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i * 7);
        return out;
    }
    static proofs::ReadBytes reader() {
        auto rest = std::make_shared<Bytes>(piece_data());
        return [rest](std::span<std::uint8_t> out) -> Result<std::size_t> {
            const auto n = std::min(out.size(), rest->size());
            std::copy_n(rest->begin(), n, out.begin());
            rest->erase(rest->begin(), rest->begin() + static_cast<std::ptrdiff_t>(n));
            return n;
        };
    }
    static PieceInfo piece() {
        const auto commitment = proofs::piece_commitment(reader());
        return {commitment->padded_size, proofs::piece_cid(commitment->commitment)};
    }
    SectorNumber add(std::optional<PieceDeal> deal) {
        for (;;) try {
                const auto number = provider->add_piece(reader(), piece(), deal, epoch);
                EXPECT_TRUE(number) << number.error().message();
                return number.value_or(99);
            } catch (const Killed&) {
                reopen();
            }
    }

    /// Calls the provider at the epoch that it asked for, and makes a block if anything waits for one.
    void turn() {
        try {
            const auto done = provider->on_epoch(epoch);
            ASSERT_TRUE(done) << done.error().message();
        } catch (const Killed&) {
            return reopen();
        }
        ++turns;
        if (provider->wants_block(epoch) || world.has_pending()) {
            world.mine(epoch);
            ++blocks;
            ++epoch;
            return;
        }
        const auto next = provider->next_wakeup();
        ASSERT_TRUE(!next || *next > epoch);
        epoch = next.value_or(epoch + 100);
    }
    void run_until(const std::function<bool()>& done, ChainEpoch epochs = 10'000) {
        const ChainEpoch limit = epoch + epochs;
        while (!done() && epoch < limit && !::testing::Test::HasFatalFailure()) turn();
    }
    bool proven(SectorNumber number) const {
        const auto it = world.sectors.find(number);
        return it != world.sectors.end() && it->second.proven;
    }
    SectorStatus sector(SectorNumber number) const {
        for (const auto& status : provider->sectors())
            if (status.number == number) return status;
        return {};
    }

    World world;
    FakeProving proving;
    std::function<std::unique_ptr<SectorProver>()> make_prover = [this] { return prover_of(proving); };
    WatchedStore store;
    ProviderConfig config;
    std::unique_ptr<LocalProvider> provider;
    ChainEpoch epoch = 1001;
    int kill_after = 0;  // kills the provider at this call of `outside`; 0: never
    int kills = 0, turns = 0, blocks = 0;

  private:
    strata::testing::TempFolder folder_;
    crypto::SeededRandom random_;
    std::unique_ptr<Jobs> jobs_;
};

}  // namespace strata::provider::testing
