#pragma once
// Takes each sector from its first piece to its place in the proving deadlines. Every step reads the record and the
// chain, does one thing and writes the record. Nothing else is remembered, so the process may be killed at any point.
// Source: docs/protocol/storage.md §2, §6.
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include <strata/proofs/piece/commitment.hpp>
#include <strata/provider/context.hpp>

namespace strata::provider {

class SectorMachine {
  public:
    explicit SectorMachine(const Context& context) : context_(context) {}

    /// Publishes again those messages that had not landed when the program ended. To be called before a new one is
    /// signed.
    void resume(ChainEpoch epoch);
    Status on_epoch(ChainEpoch epoch, Wakeups& wakeups);

    Result<SectorNumber> add_piece(const proofs::ReadBytes& read, const PieceInfo& piece,
                                   const std::optional<PieceDeal>& deal, ChainEpoch epoch);
    Result<SectorNumber> pledge(ChainEpoch epoch);
    Status retry(SectorNumber number, ChainEpoch epoch);
    void on_proving(std::function<void(const SectorRecord&)> listener) { listener_ = std::move(listener); }

  private:
    /// True if the sector's next step may follow at once, as after entering a new state.
    using Step = Result<bool>;
    Step step(SectorRecord record);
    Step accept(SectorRecord& record);
    Step pack(SectorRecord& record);
    Step pre_commit_1(SectorRecord& record);
    Step pre_commit_2(SectorRecord& record);
    Step pre_commit(SectorRecord& record);
    Step wait_seed(SectorRecord& record);
    Step commit(SectorRecord& record);
    Step prove_commit(SectorRecord& record);
    Step finalize(SectorRecord& record);
    Step prove(SectorRecord& record);

    // Steps that ask the chain (sector_machine_chain.cpp).
    Step settle(SectorRecord& record);
    Step find_pre_commit(SectorRecord& record);
    Step move(SectorRecord& record, std::string_view why);
    Result<ChainEpoch> expiration_for(const SectorRecord& record) const;
    Status send(SectorState kind);
    Status send_group(SectorState kind, std::vector<SectorRecord> group);
    Result<SignedMessage> sign(SectorState kind, std::vector<SectorRecord>& group);

    /// Saves the record in a new state; failures are counted from zero again.
    Step enter(SectorRecord& record, SectorState state);
    /// Saves that an attempt failed. The step is tried again later; after `limit` failures the sector is given up.
    Step try_again(SectorRecord& record, std::string_view why, std::uint32_t limit);
    /// Saves why the sector waits. The step is tried again until there is space on the disk.
    Step wait_for_space(SectorRecord& record, const Error& error);
    /// Saves the sector as failed, with the reason.
    Step give_up(SectorRecord& record, std::string_view why);
    /// Seals again from the first layer, with the same ticket.
    Step seal_again(SectorRecord& record, std::string_view why);

    template <class Make>
    std::optional<Result<Bytes>> work(const SectorRecord& record, std::string_view what, ChainEpoch lead, Make make);
    void drop_jobs(SectorNumber number);
    SealWork seal_work(const SectorRecord& record) const;
    Result<SectorNumber> free_number() const;
    Result<SectorRecord> open_sector(const PieceInfo& piece, ChainEpoch epoch) const;

    Context context_;
    std::function<void(const SectorRecord&)> listener_;
    // Valid during on_epoch():
    ChainEpoch epoch_ = 0;
    Wakeups* wakeups_ = nullptr;
    std::set<SectorNumber> ready_;  // sectors whose messages can be sent
    std::optional<BitField> live_;  // the miner's sectors that are neither terminated nor expired; read when needed
    // Height of the head when a proving sector was first seen to be gone.
    std::map<SectorNumber, ChainEpoch> gone_since_;
    std::map<std::string, std::shared_ptr<std::atomic<double>>>
        took_;  // seconds of the jobs of sealing, by their names
};

}  // namespace strata::provider
