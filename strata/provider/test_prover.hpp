#pragma once
// A prover for tests. Its proofs are hashes of what they claim.
#include <atomic>
#include <fstream>
#include <functional>

#include <strata/crypto/hash.hpp>
#include <strata/provider/sector_prover.hpp>

namespace strata::provider::testing {

struct FakeProving {
    int fail_pre_commit_2 = 0, fail_commit = 0;  // how many of the next calls fail
    std::atomic<bool> disk_full = false;
    std::atomic<bool> full_after_layers = false;  // the disk is full once the layers are written
    std::atomic<int> pre_commit_1_runs = 0, window_runs = 0;
    std::function<void()> outside = [] {};
};

inline Hash256 fake_comm_r(const Hash256& ticket, SectorNumber number, const Hash256& comm_d) {
    CborWriter w;
    encode(w, ticket);
    encode(w, number);
    encode(w, comm_d);
    return crypto::sha256(w.view());
}

inline Hash256 fake_seal_proof(const Hash256& comm_r, const Hash256& seed) {
    CborWriter w;
    encode(w, comm_r);
    encode(w, seed);
    return crypto::sha256(w.view());
}

inline Hash256 fake_window_proof(const Hash256& randomness,
                                 const std::vector<std::pair<SectorNumber, Hash256>>& sectors) {
    CborWriter w;
    encode(w, randomness);
    encode(w, sectors);
    return crypto::sha256(w.view());
}

class HashProver final : public SectorProver {
  public:
    explicit HashProver(FakeProving& proving) : proving_(proving) {}

    Status pre_commit_1(const SealWork& work, const Stop&) override {
        ++proving_.pre_commit_1_runs;
        if (proving_.disk_full) return full_disk();
        std::filesystem::create_directories(work.files.cache);
        std::ofstream(work.files.cache / "layers") << "layers";
        if (proving_.full_after_layers) proving_.disk_full = true;
        return {};
    }
    Result<Hash256> pre_commit_2(const SealWork& work, const Stop&) override {
        if (proving_.disk_full) return full_disk();
        if (proving_.fail_pre_commit_2 > 0 && proving_.fail_pre_commit_2--) return fail(Errc::io, "a broken disk");
        if (!std::filesystem::exists(work.files.cache / "layers")) return fail(Errc::not_found, "no layers");
        std::filesystem::create_directories(work.files.sealed.parent_path());
        std::ofstream(work.files.sealed) << "replica";
        return fake_comm_r(work.ticket, work.number, work.comm_d);
    }
    Result<Bytes> commit(const SealWork& work, const Hash256& comm_r, const Hash256& seed, crypto::RandomSource&,
                         const Stop&) override {
        if (proving_.fail_commit > 0 && proving_.fail_commit--) return fail(Errc::verification, "a wrong proof");
        if (!std::filesystem::exists(work.files.cache / "layers")) return fail(Errc::not_found, "no layers");
        return to_bytes(fake_seal_proof(comm_r, seed));
    }
    Status finalize(const SealWork& work) override {
        proving_.outside();
        std::filesystem::remove(work.files.cache / "layers");
        return {};
    }
    Status start_over(const SealWork& work) override {
        proving_.outside();
        std::filesystem::remove_all(work.files.cache);
        return {};
    }
    Result<WindowProof> prove_window(const WindowWork& work, crypto::RandomSource&, const Stop&) override {
        ++proving_.window_runs;
        WindowProof out;
        std::vector<std::pair<SectorNumber, Hash256>> sectors;
        for (const auto& sector : work.sectors) {
            if (!check(work.proof, work.randomness, sector)) out.faulty.push_back(sector.number);
            sectors.emplace_back(sector.number, sector.comm_r);
        }
        if (out.faulty.empty()) out.proof = to_bytes(fake_window_proof(work.randomness, sectors));
        return out;
    }
    Result<Bytes> prove_winning(RegisteredPoStProof, ActorId, const Hash256& randomness, const ProvingSector& sector,
                                crypto::RandomSource&) override {
        return to_bytes(fake_window_proof(randomness, {{sector.number, sector.comm_r}}));
    }
    Status check(RegisteredPoStProof, const Hash256&, const ProvingSector& sector) override {
        if (!std::filesystem::exists(sector.files.sealed)) return fail(Errc::not_found, "no replica");
        return {};
    }

  private:
    static Error full_disk() { return fail(Errc::no_space, "cannot write layers: the disk is full"); }

    FakeProving& proving_;
};

inline std::unique_ptr<SectorProver> prover_of(FakeProving& proving) {
    return std::make_unique<HashProver>(proving);
}

}  // namespace strata::provider::testing
