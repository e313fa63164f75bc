#include <set>

#include <strata/actors/methods.hpp>
#include <strata/differential/campaign.hpp>
#include <strata/vm/machine.hpp>

namespace strata::differential {
namespace {

using vm::ActorType;

// Stands for all numbers that are not methods. No message can have it: numbers of methods are hashes of 32 bits.
constexpr MethodNumber kOtherMethod = UINT64_MAX;

struct NativeMethods {
    ActorType type;
    std::span<const actors::Method> methods;
};
std::vector<NativeMethods> native_methods() {
    return {{ActorType::system, actors::system::methods()},
            {ActorType::init, actors::init::methods()},
            {ActorType::cron, actors::cron::methods()},
            {ActorType::account, actors::account::methods()},
            {ActorType::power, actors::power::methods()},
            {ActorType::miner, actors::miner::methods()},
            {ActorType::market, actors::market::methods()},
            {ActorType::payment_channel, actors::paych::methods()},
            {ActorType::multisig, actors::multisig::methods()},
            {ActorType::reward, actors::reward::methods()},
            {ActorType::verified_registry, actors::verifreg::methods()},
            {ActorType::datacap, actors::datacap::methods()},
            {ActorType::eam, actors::eam::methods()},
            {ActorType::evm, actors::evm::methods()},
            {ActorType::ethaccount, actors::ethaccount::methods()}};
}

// Singletons are constructed before the first step, and the VM itself makes Ethereum accounts of placeholders.
bool runs_only_before_the_start(const MethodOf& method) {
    constexpr ActorType made_by_messages[] = {ActorType::account, ActorType::miner, ActorType::multisig,
                                              ActorType::payment_channel, ActorType::evm};
    return method.method == kMethodConstructor &&
           std::ranges::find(made_by_messages, method.type) == std::end(made_by_messages);
}

std::string name_of(ActorType type) {
    const auto name = vm::actor_type_name(type);
    return name.empty() ? "unknown" : std::string(name);
}

}  // namespace

bool has_method(const MethodOf& method) {
    return std::ranges::any_of(native_methods(), [&](const NativeMethods& actor) {
        return actor.type == method.type &&
               std::ranges::find(actor.methods, method.method, &actors::Method::number) != actor.methods.end();
    });
}

void add_to(Coverage& sum, const Coverage& more) {
    for (const auto& [method, ends] : more)
        for (const auto& [code, count] : ends) sum[method][code] += count;
}

std::vector<std::string> never_successful(const Coverage& coverage) {
    std::vector<std::string> out;
    for (const auto& [type, methods] : native_methods())
        for (const auto& method : methods) {
            const MethodOf key{type, method.number};
            const auto it = coverage.find(key);
            const bool succeeded = it != coverage.end() && it->second.contains(0);
            if (!succeeded && !runs_only_before_the_start(key))
                out.push_back(name_of(type) + " " + std::to_string(method.number));
        }
    return out;
}

std::vector<std::vector<std::string>> coverage_table(const Coverage& coverage) {
    // All numbers that an actor does not have are one row.
    Coverage all;
    for (const auto& [type, methods] : native_methods())
        for (const auto& method : methods) all[{type, method.number}];
    std::set<ActorType> listed;
    for (const auto& [type, methods] : native_methods()) listed.insert(type);
    for (const auto& [method, ends] : coverage) {
        const bool known = !listed.contains(method.type) || all.contains(method);
        for (const auto& [code, count] : ends) all[known ? method : MethodOf{method.type, kOtherMethod}][code] += count;
    }
    std::vector<std::vector<std::string>> out{{"actor", "method", "calls", "succeeded", "ended with code (times)"}};
    for (const auto& [method, ends] : all) {
        std::uint64_t calls = 0;
        std::string others;
        for (const auto& [code, count] : ends) {
            calls += count;
            if (code != 0)
                others += (others.empty() ? "" : ", ") + (code == UINT32_MAX ? "none" : std::to_string(code)) + " (" +
                          std::to_string(count) + ")";
        }
        const auto good = ends.find(0);
        out.push_back({name_of(method.type), method.method == kOtherMethod ? "others" : std::to_string(method.method),
                       std::to_string(calls), good == ends.end() ? "0" : std::to_string(good->second), others});
    }
    return out;
}

}  // namespace strata::differential
