import type { Phrases } from "./language.ts";

export const en: Phrases = {
  topics: [
    {
      trade: "delivery",
      category: 24,
      asks: "Hi, half of order {order} arrived today. The grinder is here but the beans are missing.",
      talk: [
        "Sorry about that. Let me see how it was packed.",
        "Thanks. The slip in the box lists both.",
        "The beans left in a second parcel because they ship from the roastery. It is out for delivery today.",
        "Ah, I had no tracking for that one.",
        "I have just sent you the link. It should be with you before six.",
      ],
      note: "no tracking mail went out for the second parcel of {order}, can you check the template?",
      wrapUp: "Split shipment, second tracking link sent.",
    },
    {
      trade: "delivery",
      category: 25,
      asks: "I'll be away next week. Can you hold order {order} until the 12th?",
      talk: [
        "We can, it has not left the warehouse yet. Is the 12th a delivery date or a dispatch date for you?",
        "Delivery please, somebody has to sign for it.",
        "Done: it ships on the 10th and arrives on the 12th, with a signature.",
        "Perfect, does that cost extra?",
        "No, holding a parcel is free for two weeks.",
      ],
      note: "{order} is on hold until the 10th, please do not release it with today's batch.",
      wrapUp: "Dispatch postponed at the customer's wish.",
    },
    {
      trade: "billing",
      category: 34,
      asks: "My bean subscription renewed today although I paused it last month.",
      talk: [
        "Let me look at the subscription. Did you pause it on the website or in the app?",
        "In the app, I even have a screenshot.",
        "I see it now: the pause was for one delivery, so this one was charged. I can refund it right away.",
        "Yes please. And pause it for good?",
        "Refunded, and it now stays paused until you switch it on again. The money is back in two to five days.",
      ],
      note: "third customer this week who took 'pause' for 'pause for good'; the wording needs a look.",
      wrapUp: "Subscription refunded and paused without an end.",
    },
    {
      trade: "billing",
      category: 32,
      asks: "Could you resend the invoice for {order} with our VAT number on it?",
      talk: [
        "Of course. Which VAT number should it show?",
        "It's in our account settings, we added it yesterday.",
        "Got it. The corrected invoice is on its way to your inbox.",
        "Received. Will future ones have it too?",
        "Yes, from now on it is printed on each of them.",
      ],
      note: "corrected invoice for {order}, the old one has to be cancelled in the books.",
      wrapUp: "Invoice corrected, VAT number added.",
    },
    {
      trade: "care",
      category: 11,
      asks: "My espresso machine has lost pressure, the gauge does not get past 5 bar.",
      talk: [
        "When did you last descale it?",
        "Er... never? I've had it for a year.",
        "Then that is the most likely cause. Run the descaling programme twice, I am sending you the steps.",
        "Doing it now. The first round came out quite cloudy.",
        "That is the scale coming off. How does the gauge look after rinsing?",
        "9 bar! You saved my morning.",
      ],
      note: "descaling fixed it, but keep the warranty case open until they confirm tomorrow.",
      wrapUp: "Lime scale; descaling brought the pressure back.",
    },
    {
      trade: "care",
      category: 15,
      asks: "Does the travel press fit in a car's cup holder? The page doesn't give the diameter.",
      talk: [
        "Good question. It is 72 mm at the base, so it fits most holders.",
        "Mine is 70, so no luck.",
        "The 350 ml model is 66 mm, it takes a single large cup.",
        "That would do. Is it in stock in green?",
        "In green and in black, and it ships today if you order before four.",
      ],
      note: "diameters are missing on the product pages of all presses, could you add them?",
      wrapUp: "Advice on sizes, smaller model suggested.",
    },
    {
      trade: "care",
      category: 12,
      asks: "The app logs me out every time I open it. Very annoying.",
      talk: [
        "That sounds tedious. Which version do you see under Settings, About?",
        "4.2.0 on Android",
        "4.2.0 has this very bug, 4.2.1 came out this morning and mends it. Could you update?",
        "Updating... it kept me logged in this time.",
        "Great, it should stay that way.",
      ],
      note: "another log-out on 4.2.0, please add it to the ticket for the app team.",
      wrapUp: "Known bug of the app, solved by the update.",
    },
  ],
  answers: [
    {
      asks: "How long do you ship to Ireland?",
      answer: "Orders to Ireland take three to five working days and are free from 60 euros.",
      thanks: "Great, thanks",
    },
    {
      asks: "where can i change my password",
      answer: "Under Account, Security. You will get a mail to confirm the change.",
      thanks: "found it, cheers",
    },
    {
      asks: "Do you grind the beans for me?",
      answer: "Yes, choose the grind on the product page: espresso, moka, filter or French press.",
      thanks: "Lovely, thank you",
    },
  ],
  bot: {
    greeting:
      "Hello! I'm the shop's assistant. Tell me briefly what it is about, and I'll find an answer or somebody who has one.",
    handsOver: "I'm passing you on to {team}. A colleague will answer here in a few minutes.",
    closes:
      "It looks as if you have left, so I'm closing this conversation. Write any time and we'll go on from here.",
    asksToRate: "How did we do? Please rate this conversation from 1 to 5.",
  },
  agent: {
    greets: [
      "Hello, this is {agent}. Let me help you with that.",
      "Hi there, {agent} here.",
      "Good day! My name is {agent}, I have just read your message.",
    ],
    takesOver: [
      "Hello, {agent} here, I'm taking over from my colleague and have read everything above.",
      "Hi, this is {agent}. I'll go on with this.",
    ],
    transfers: [
      "A colleague of mine knows this better, I'm handing you over.",
      "Let me bring in the right person, one moment please.",
    ],
    snoozes: [
      "I have asked the warehouse and will come back to you as soon as they answer.",
      "The courier promised to call me back. I'll write to you then.",
    ],
    wakes: ["I'm back: the warehouse has confirmed it.", "The courier has just called, all is sorted."],
    nudges: ["Are you still there? Is there anything else I can do?", "Did that work for you?"],
    farewells: ["You're welcome, have a nice day!", "Glad I could help.", "Thanks for getting in touch!"],
  },
  contact: {
    waits: ["Hello? Anybody there?", "I've been waiting for a while now.", "any idea how long this takes?"],
    thanks: ["Brilliant, thank you!", "Thanks a lot, that was quick.", "That's all I needed, cheers."],
    isContent: ["Oh, I see. Thanks!", "That explains it, thank you."],
  },
  returns: [
    {
      asks: "Sorry, one more thing about order {order}: can you leave it with the neighbours?",
      answer: "No problem, I have added that for the courier.",
    },
    {
      asks: "It's me again, I'm afraid it still doesn't work.",
      answer: "I have reset it on our side, could you try once more?",
    },
    {
      asks: "Just noticed the amount in your mail is different. Could you check?",
      answer: "That is the price before the discount, you pay what your account shows.",
    },
  ],
  ratings: {
    good: ["Quick and friendly", "Solved in one go, thank you", "Knew exactly what I was talking about"],
    bad: ["Took a long time until somebody answered", "Had to explain everything twice"],
  },
};
