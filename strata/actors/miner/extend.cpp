// An extension lets sectors live longer than they were committed for. Source: docs/protocol/storage.md §2, FIP-0045;
// builtin-actors v18 actors/miner/src/lib.rs.
#include <strata/actors/miner/activation.hpp>
#include <strata/actors/miner/deadline_edit.hpp>
#include <strata/actors/miner/extension.hpp>
#include <strata/actors/miner/handlers.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/proving.hpp>
#include <strata/actors/verifreg/state.hpp>

namespace strata::actors::miner {
namespace {

// runtime/src/runtime/policy.rs
constexpr ChainEpoch kEndOfLifeClaimDropPeriod = 30 * kEpochsInDay;

/// The verified space of a sector.
struct ClaimedSpace {
    BigInt named;       // the size of all claims that the message names
    BigInt maintained;  // the size of the claims that stay
};
using ClaimedSpaces = std::map<SectorNumber, ClaimedSpace>;

Done add_claims(Runtime& rt, const SectorClaim& declared, ChainEpoch new_expiration, ClaimedSpaces& spaces) {
    // The claims that stay come first, so a claim's index tells the two kinds apart.
    std::vector<std::uint64_t> ids = declared.maintain_claims;
    ids.insert(ids.end(), declared.drop_claims.begin(), declared.drop_claims.end());
    STRATA_TRY(const auto claims, get_claims(rt, std::move(ids)));
    for (std::size_t i = 0; i < claims.size(); ++i) {
        const auto& claim = claims[i];
        if (claim.provider != rt.receiver() || claim.sector != declared.sector_number)
            return illegal_argument("a claim listed for sector " + std::to_string(declared.sector_number) +
                                    " of provider f0" + std::to_string(rt.receiver()) + " belongs to sector " +
                                    std::to_string(claim.sector) + " of provider f0" + std::to_string(claim.provider));
        const bool maintained = i < declared.maintain_claims.size();
        if (maintained && new_expiration > claim.expires())
            return forbidden("a claim of sector " + std::to_string(declared.sector_number) + " ends at epoch " +
                             std::to_string(claim.expires()) + ", before the new expiration at epoch " +
                             std::to_string(new_expiration));
        auto& space = spaces[declared.sector_number];
        space.named += BigInt(claim.size);
        if (maintained) space.maintained += BigInt(claim.size);
    }
    return {};
}

ActorResult<ClaimedSpaces> claimed_spaces(Runtime& rt, const std::vector<ExpirationExtension2>& extensions) {
    ClaimedSpaces out;
    for (const auto& extension : extensions) {
        if (extension.deadline >= kWPoStPeriodDeadlines) return illegal_argument(no_such_deadline(extension.deadline));
        if (rt.policy().solstice) continue;  // nobody looks at claims any longer
        for (const auto& declared : extension.sectors_with_claims)
            STRATA_OK(add_claims(rt, declared, extension.new_expiration, out));
    }
    return out;
}

ActorResult<BitField> sectors_of(const ExpirationExtension2& extension) {
    std::vector<SectorNumber> with_claims;
    for (const auto& declared : extension.sectors_with_claims) {
        STRATA_OK(check_bit(declared.sector_number));
        with_claims.push_back(declared.sector_number);
    }
    return BitField::of(std::move(with_claims)) | extension.sectors;
}

// Computes the verified space after the extension. The message must name all claims of the sector, or a miner could
// keep the power of a claim whose term ends before the new expiration.
ActorResult<BigInt> verified_space(const SectorOnChainInfo& sector, ChainEpoch now, const ClaimedSpaces& spaces) {
    const auto space = spaces.find(sector.sector_number);
    if (space == spaces.end())
        return illegal_argument("sector " + std::to_string(sector.sector_number) +
                                " has verified data, but the message names none of its claims");
    const auto& [named, maintained] = space->second;
    const BigInt verified = div_trunc(sector.verified_deal_weight, BigInt(sector.expiration - sector.power_base_epoch));
    if (named != verified)
        return illegal_argument("the named claims of sector " + std::to_string(sector.sector_number) + " have " +
                                named.to_string() + " bytes, expected the size of its verified data, " +
                                verified.to_string());
    if (named != maintained && sector.expiration - now > kEndOfLifeClaimDropPeriod)
        return forbidden("sector " + std::to_string(sector.sector_number) + " has " +
                         std::to_string(sector.expiration - now) +
                         " epochs left; claims can be dropped only in the last " +
                         std::to_string(kEndOfLifeClaimDropPeriod) + " epochs");
    return maintained;
}

// Moves the power base to the current epoch. A weight is spacetime after the power base, so the part before the current
// epoch is subtracted. Only the claims that stay also count for the time up to the new expiration.
ActorResult<SectorOnChainInfo> reweighted(const SectorOnChainInfo& sector, ChainEpoch now, ChainEpoch new_expiration,
                                          const ClaimedSpaces& spaces) {
    SectorOnChainInfo out = sector;
    out.expiration = new_expiration;
    out.power_base_epoch = now;
    const BigInt remaining(sector.expiration - now);
    const ChainEpoch old_duration = sector.expiration - sector.power_base_epoch;
    if (old_duration == 0 || new_expiration == now) return zero_duration();
    if ((sector.flags & kSimpleQaPower) == 0) {
        // A sector from before FIP-0045 keeps the spacetime that its deals have left. That is spread over a longer
        // life, and so the sector's quality falls.
        out.deal_weight = div_floor(sector.deal_weight * remaining, BigInt(old_duration));
        out.verified_deal_weight = div_floor(sector.verified_deal_weight * remaining, BigInt(old_duration));
        drop_unused_fields(out);
        return out;
    }
    if (sector.deal_weight.sign() > 0)
        out.deal_weight = div_trunc(sector.deal_weight * remaining, BigInt(old_duration));
    if (sector.verified_deal_weight.sign() > 0) {
        STRATA_TRY(const auto space, verified_space(sector, now, spaces));
        out.verified_deal_weight = space * BigInt(new_expiration - now);
        drop_unused_fields(out);
    }
    return out;
}

class Extension {
  public:
    Extension(Runtime& rt, SectorSize size, const ClaimedSpaces& spaces, TokenAmount circulating_supply)
        : rt_(rt), size_(size), spaces_(spaces), circulating_supply_(std::move(circulating_supply)) {}

    Done extend_partition(DeadlineEdit& edit, Sectors& sectors, const ExpirationExtension2& extension) const {
        STRATA_TRY(const auto numbers, sectors_of(extension));
        STRATA_TRY(auto partition, edit.partition(extension.partition));
        STRATA_TRY(const auto old_sectors, sectors.load_sectors(rt_, numbers));
        std::vector<SectorOnChainInfo> new_sectors;
        for (const auto& sector : old_sectors) {
            STRATA_TRY(new_sectors.emplace_back(), extended(sector, extension.new_expiration));
        }
        STRATA_OK(sectors.store(rt_, new_sectors));
        return edit.replace(extension.partition, std::move(partition), old_sectors, new_sectors);
    }

  private:
    ActorResult<SectorOnChainInfo> extended(const SectorOnChainInfo& sector, ChainEpoch new_expiration) const {
        if (rt_.policy().solstice)
            return extended_at_its_quality(sector, rt_.epoch(), new_expiration, size_, circulating_supply_);
        STRATA_OK(check_extension(rt_.epoch(), new_expiration, sector));
        STRATA_TRY(auto out, reweighted(sector, rt_.epoch(), new_expiration, spaces_));
        const auto power = qa_power_for_sector(size_, out);
        if (sector.daily_fee.is_zero()) {  // older than FIP-0100, whose grace period ended with network version 26
            out.daily_fee = daily_proof_fee(circulating_supply_, power);
        } else {
            const auto old_power = qa_power_for_sector(size_, sector);
            if (old_power != power) out.daily_fee = daily_proof_fee_adjust(sector.daily_fee, old_power, power);
        }
        return out;
    }

    Runtime& rt_;
    SectorSize size_;
    const ClaimedSpaces& spaces_;
    TokenAmount circulating_supply_;
};

}  // namespace

Done extend_sector_expiration2(Runtime& rt, const ExtendSectorExpiration2Params& params) {
    STRATA_TRY(const auto spaces, claimed_spaces(rt, params.extensions));
    // builtin-actors builds these sets before it checks the caller, so a sector number that is out of range aborts
    // first.
    for (const auto& extension : params.extensions) STRATA_OK(sectors_of(extension));
    STRATA_TRY(auto circulating_supply, rt.circulating_supply());
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    STRATA_TRY(auto deadlines, state.load_deadlines(rt));
    STRATA_TRY(auto sectors, Sectors::load(rt, state.sectors));

    const Extension extension(rt, info.sector_size, spaces, std::move(circulating_supply));
    STRATA_TRY(const auto delta, edit_deadlines(rt, state, deadlines, info.sector_size, params.extensions,
                                                [&](DeadlineEdit& edit, const ExpirationExtension2& declared) {
                                                    return extension.extend_partition(edit, sectors, declared);
                                                }));
    STRATA_TRY(state.sectors, sectors.flush(rt));
    STRATA_OK(state.save_deadlines(rt, deadlines));
    STRATA_OK(rt.set_state(state));
    STRATA_OK(request_update_power(rt, delta.power));
    return notify_pledge_changed(rt, delta.pledge);
}

}  // namespace strata::actors::miner
