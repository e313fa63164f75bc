#include <strata/chain/message_selection.hpp>

#include <set>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/election.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::chain {
namespace {

// Source: docs/protocol/node.md §14.5. From this quality on, the block is so likely to be the first of its tipset that
// the places are not weighed.
constexpr std::uint32_t kGreedyFrom = 3'607'772'528;   // 0.84 of 2^32
constexpr std::int64_t kMinGas = 1'298'450;            // less than the smallest message needs
constexpr std::size_t kListLimit = kWireLimits.items;  // CIDs that one list of a gossiped block may hold

BigInt binomial(unsigned n, unsigned k) {
    BigInt out = 1;
    for (unsigned i = 0; i < k; ++i) out = div_floor(out * BigInt(n - i), BigInt(i + 1));
    return out;
}

BigInt power(const BigInt& base, std::size_t exponent) {
    BigInt out = 1;
    for (; exponent > 0; --exponent) out *= base;
    return out;
}

// Counts the room that is left in the block.
struct Room {
    std::int64_t gas = kBlockGasLimit;
    std::size_t messages = kBlockMessageLimit;
    std::size_t bls = kListLimit;
    std::size_t secp = kListLimit;

    std::size_t& list(Signature::Type type) { return type == Signature::Type::bls ? bls : secp; }
    void use(const SignedMessage& message) {
        gas -= message.message.gas_limit;
        --messages;
        --list(message.signature.type);
    }
};

// A chain belongs to one sender, whose messages all have the same kind of signature.
Signature::Type type_of(const MessageChain& chain) {
    return chain.messages[0]->message.signature.type;
}

class Selection {
  public:
    Selection(std::vector<MessageChain> chains, TicketQuality quality)
        : chains_(std::move(chains)), weights_(chains_.size(), BigInt(1)), taken_(chains_.size()) {
        if (quality.value <= kGreedyFrom) weigh_by_place(quality);
        effective_.resize(chains_.size());
        // Predecessors come before their successors.
        for (std::size_t i = 0; i < chains_.size(); ++i) enqueue(i);
    }

    std::vector<SignedMessage> run() {
        while (!queue_.empty() && room_.gas >= kMinGas && room_.messages > 0) {
            const std::size_t best = queue_.begin()->index;
            queue_.erase(queue_.begin());
            if (taken_[best] || !chains_[best].valid()) continue;
            if (!chains_[best].pays()) break;
            if (!take(best)) shrink(best);
        }
        return std::move(chosen_);
    }

  private:
    struct Rank {
        bool pays;
        BigInt effective;
        BigInt performance;
        TokenAmount reward;
        std::size_t index;
        // The better chain compares as smaller. The index decides between equal ones, so the order is the same on every
        // node.
        friend bool operator<(const Rank& a, const Rank& b) {
            if (a.pays != b.pays) return a.pays;
            if (a.effective != b.effective) return b.effective < a.effective;
            if (a.performance != b.performance) return b.performance < a.performance;
            if (a.reward != b.reward) return b.reward < a.reward;
            return a.index < b.index;
        }
    };

    // Weighs each chain by its place: the best chains fill the first block of a tipset, the next ones the second, and
    // so on. The weight is the chance that our block is the one at that place; enqueue() multiplies the performance by
    // it.
    void weigh_by_place(TicketQuality quality) {
        const auto places = place_weights(quality);
        std::size_t place = 0;
        Room room;
        for (const std::size_t i : best_first(chains_)) {
            if (place == kMaxBlocks) {
                weights_[i] = 0;
                continue;
            }
            weights_[i] = places[place];
            room.gas -= chains_[i].gas;
            room.messages -= std::min(room.messages, chains_[i].messages.size());
            if (room.gas >= kMinGas && room.messages > 0) continue;
            room = {};
            ++place;
        }
    }

    void enqueue(std::size_t index) {
        const MessageChain& chain = chains_[index];
        BigInt& effective = effective_[index];
        effective = chain.pays() ? chain.performance * weights_[index] : chain.performance;
        // A chain whose predecessor must be taken with it gets the mean of both values, weighted by gas.
        if (effective.sign() > 0 && chain.previous && !taken_[*chain.previous]) {
            const MessageChain& previous = chains_[*chain.previous];
            effective = div_floor(effective * BigInt(chain.gas) + effective_[*chain.previous] * BigInt(previous.gas),
                                  BigInt(chain.gas) + BigInt(previous.gas));
        }
        queue_.insert({chain.pays(), effective, chain.performance, chain.reward, index});
    }
    void requeue(std::size_t index) {
        const MessageChain& chain = chains_[index];
        queue_.erase({chain.pays(), effective_[index], chain.performance, chain.reward, index});
        enqueue(index);
    }

    // Returns the chain's predecessors that are not taken yet, oldest first.
    std::vector<std::size_t> open_predecessors(std::size_t index) const {
        std::vector<std::size_t> out;
        for (auto at = chains_[index].previous; at && !taken_[*at]; at = chains_[*at].previous) out.push_back(*at);
        std::ranges::reverse(out);
        return out;
    }

    bool fits(std::int64_t gas, std::size_t messages, Signature::Type type) {
        return gas <= room_.gas && messages <= std::min(room_.messages, room_.list(type));
    }

    // Takes a chain together with its open predecessors. Returns false if they do not fit into the block.
    bool take(std::size_t index) {
        auto group = open_predecessors(index);
        group.push_back(index);
        std::int64_t gas = 0;
        std::size_t messages = 0;
        for (const std::size_t i : group) {
            gas += chains_[i].gas;
            messages += chains_[i].messages.size();
        }
        if (!fits(gas, messages, type_of(chains_[index]))) return false;
        for (const std::size_t i : group) {
            taken_[i] = true;
            for (const auto& entry : chains_[i].messages) {
                room_.use(entry->message);
                chosen_.push_back(entry->message);
            }
        }
        for (auto at = chains_[index].next; at; at = chains_[*at].next) requeue(*at);
        return true;
    }

    // Cuts a chain to the part that fits after its predecessors. The sender's later chains are dropped, since their
    // nonces would leave a gap.
    void shrink(std::size_t index) {
        std::int64_t gas = room_.gas;
        std::size_t messages = std::min(room_.messages, room_.list(type_of(chains_[index])));
        for (const std::size_t i : open_predecessors(index)) {
            gas -= chains_[i].gas;
            messages -= std::min(messages, chains_[i].messages.size());
        }
        for (auto at = chains_[index].next; at; at = chains_[*at].next) drop(*at);
        chains_[index].next.reset();
        chains_[index].trim(gas, messages);
        if (chains_[index].valid()) enqueue(index);
    }
    void drop(std::size_t index) {
        const MessageChain& chain = chains_[index];
        queue_.erase({chain.pays(), effective_[index], chain.performance, chain.reward, index});
        chains_[index].messages.clear();
    }

    std::vector<MessageChain> chains_;
    std::vector<BigInt> weights_;    // of the places of the chains
    std::vector<BigInt> effective_;  // performance times weight: the order in which chains are taken
    std::vector<bool> taken_;
    std::set<Rank> queue_;
    Room room_;
    std::vector<SignedMessage> chosen_;
};

}  // namespace

TicketQuality quality_of(const Ticket& ticket) {
    return {UINT32_MAX - load_be<std::uint32_t>(ticket_hash(ticket).data())};
}

std::array<BigInt, kMaxBlocks> place_weights(TicketQuality quality) {
    // The chances that a rival's ticket is better and that it is worse, times 2^32.
    const BigInt ahead(std::uint64_t{UINT32_MAX} + 1 - quality.value);
    const BigInt behind(std::uint64_t{quality.value});
    // The weight of a place is a sum over the number of other winners: the binomial chance of the place for that
    // number, times the Poisson chance that they and we are all the winners, without its constant factor e^-5. All
    // terms have the common denominator 15! * 2^(32 * 14).
    std::array<BigInt, kMaxBlocks> out;
    BigInt poisson = 1'307'674'368'000;  // 15!
    for (unsigned others = 0; others < kMaxBlocks; ++others) {
        poisson = div_floor(poisson * BigInt(kExpectedLeaders), BigInt(others + 1));
        for (unsigned place = 0; place <= others; ++place)
            out[place] += (poisson * binomial(others, place) * power(ahead, place) * power(behind, others - place))
                          << static_cast<unsigned>(32 * (kMaxBlocks - 1 - others));
    }
    // Dropping low bits leaves 64 bits of precision, which is plenty and keeps later products small.
    for (auto& weight : out) weight >>= 32 * (kMaxBlocks - 1) - 16;
    return out;
}

std::vector<SignedMessage> select_messages(std::vector<MessageChain> chains, TicketQuality quality) {
    return Selection(std::move(chains), quality).run();
}

}  // namespace strata::chain
