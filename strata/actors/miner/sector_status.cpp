// These methods say in which deadline a sector is, and whether it is active, faulty or dead. Source:
// docs/protocol/fvm.md §8.8, FIP-0112; builtin-actors v18 actors/miner/src/lib.rs.
#include <strata/actors/miner/handlers.hpp>

namespace strata::actors::miner {
namespace {

constexpr std::int64_t kNowhere = -1;  // in both fields of a SectorLocation

SectorStatusCode status_in(const Partition& partition, SectorNumber number) {
    if (partition.terminated.contains(number)) return SectorStatusCode::dead;
    return partition.faults.contains(number) ? SectorStatusCode::faulty : SectorStatusCode::active;
}

ActorResult<Partition> load_partition(Runtime& rt, const State& state, std::uint64_t deadline,
                                      std::uint64_t partition) {
    STRATA_TRY(const auto all, state.load_deadlines(rt));
    STRATA_TRY(const auto in_deadline, all.load_deadline(rt, deadline));
    return in_deadline.load_partition(rt, partition);
}

bool has_status(const Partition& partition, SectorNumber number, SectorStatusCode claimed) {
    const bool terminated = partition.terminated.contains(number);
    const bool faulty = partition.faults.contains(number);
    switch (claimed) {
        case SectorStatusCode::dead:
            return terminated;
        case SectorStatusCode::active:
            return !terminated && !faulty;
        case SectorStatusCode::faulty:
            return faulty;
    }
    return false;
}

}  // namespace

Result<SectorStatus> SectorStatus::read_cbor(CborReader& r) {
    std::uint8_t code = 0;
    STRATA_OK(decode(r, code));
    if (code > static_cast<std::uint8_t>(SectorStatusCode::faulty))
        return fail(Errc::malformed, "the sector status is " + std::to_string(code) + ", expected 0 to 2");
    return SectorStatus{static_cast<SectorStatusCode>(code)};
}

ActorResult<GenerateSectorLocationReturn> generate_sector_location(Runtime& rt,
                                                                   const GenerateSectorLocationParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    // The table is asked first, because the search through all deadlines is expensive.
    STRATA_TRY(const bool known, state.has_sector_number(rt, params.sector_number));
    if (!known) return GenerateSectorLocationReturn{{SectorStatusCode::dead}, to_cbor(SectorLocation{})};
    STRATA_TRY(const auto place, state.find_sector(rt, params.sector_number));
    STRATA_TRY(const auto partition, load_partition(rt, state, place.deadline, place.partition));
    const SectorLocation location{static_cast<std::int64_t>(place.deadline),
                                  static_cast<std::int64_t>(place.partition)};
    return GenerateSectorLocationReturn{{status_in(partition, params.sector_number)}, to_cbor(location)};
}

ActorResult<bool> validate_sector_status(Runtime& rt, const ValidateSectorStatusParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(const auto location, rt.check(from_received_cbor<SectorLocation>(params.aux_data),
                                             ExitCode::illegal_argument, "sector location"));
    if ((location.deadline == kNowhere) != (location.partition == kNowhere))
        return illegal_argument("the sector location is deadline " + std::to_string(location.deadline) +
                                " and partition " + std::to_string(location.partition) +
                                "; both or neither must be -1");
    if (location.deadline == kNowhere) {
        STRATA_TRY(const bool known, state.has_sector_number(rt, params.sector_number));
        if (known)
            return not_found("sector " + std::to_string(params.sector_number) +
                             " exists, although the message says that it is in no deadline");
        return params.status.code == SectorStatusCode::dead;
    }
    STRATA_TRY(const auto partition, load_partition(rt, state, static_cast<std::uint64_t>(location.deadline),
                                                    static_cast<std::uint64_t>(location.partition)));
    if (!partition.sectors.contains(params.sector_number))
        return not_found(sector_not_in_partition(params.sector_number, static_cast<std::uint64_t>(location.partition)));
    return has_status(partition, params.sector_number, params.status.code);
}

ActorResult<ChainEpoch> get_nominal_sector_expiration(Runtime& rt, const SectorNumber& number) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(const auto sector, state.get_sector(rt, number));
    if (!sector) return not_found(no_such_sector(number));
    return sector->expiration;
}

}  // namespace strata::actors::miner
