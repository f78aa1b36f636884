// Marks in the table of contents the section that is being read.

function follow(nav) {
  const links = new Map();
  for (const link of nav.querySelectorAll('a[href^="#"]')) {
    const section = document.getElementById(link.hash.slice(1));
    if (section) links.set(section, link);
  }
  const visible = new Set();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const e of entries) {
        if (e.isIntersecting) visible.add(e.target);
        else visible.delete(e.target);
      }
      const first = [...links.keys()].find((section) => visible.has(section));
      if (!first) return;
      for (const [section, link] of links) {
        if (section === first) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      }
    },
    { rootMargin: '-10% 0px -60% 0px' },
  );
  for (const section of links.keys()) observer.observe(section);
}

export function contents() {
  for (const nav of document.querySelectorAll('[data-contents]')) follow(nav);
}
